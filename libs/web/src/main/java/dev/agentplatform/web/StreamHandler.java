package dev.agentplatform.web;

/**
 * Writes a stream of events on the request's own thread and returns when the stream is at its end.
 *
 * <p>A {@link dev.agentplatform.kernel.Problem} thrown before the first write is answered like any other; later it is
 * sent as an event {@code error}.
 */
@FunctionalInterface
public interface StreamHandler {
    void handle(Request request, Stream stream) throws Exception;
}
