package dev.agentplatform.web;

/** Told of every answered request, refused ones included, on the request's own thread: it must not block for long. */
@FunctionalInterface
public interface Observer {
    void answered(Answered answered);
}
