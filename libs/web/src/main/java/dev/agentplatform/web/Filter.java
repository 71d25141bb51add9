package dev.agentplatform.web;

/** Stands before the handlers of all routes: answers itself, throws a problem, or lets {@code next} answer. */
@FunctionalInterface
public interface Filter {
    Reply filter(Request request, Handler next) throws Exception;
}
