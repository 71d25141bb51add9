package dev.agentplatform.web;

/** Answers a request. A thrown {@link dev.agentplatform.kernel.Problem} becomes the answer; anything else is a 500. */
@FunctionalInterface
public interface Handler {
    Reply handle(Request request) throws Exception;
}
