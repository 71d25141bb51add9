package dev.agentplatform.web;

/** Stands before the handlers of all routes: answers itself, throws a problem, or lets {@code next} answer. */
@FunctionalInterface
public interface Filter {
    Reply filter(Request request, Handler next) throws Exception;

    /** Called before a byte of the body is read, with the route and the headers only; a thrown problem is the answer. */
    default void admit(Request request) {}
}
