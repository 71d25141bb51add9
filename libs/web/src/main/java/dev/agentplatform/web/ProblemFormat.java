package dev.agentplatform.web;

import dev.agentplatform.kernel.Problem;

/** The body in which a route answers what went wrong. */
@FunctionalInterface
public interface ProblemFormat {
    ProblemFormat RFC_9457 = Problems::reply;

    /** With the status of the problem; {@code Retry-After} and the request id are set by the edge. */
    Reply reply(Problem problem, String requestId);
}
