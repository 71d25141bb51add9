package dev.agentplatform.model.upstream;

import dev.agentplatform.model.wire.WireRequest;

/** Whoever answers calls of models: a provider over the network, or the mock in this process. */
@FunctionalInterface
public interface Upstream {
    /**
     * Sends a request and waits for the head of the answer; statuses of failure are answers too.
     *
     * @throws UpstreamError when none came
     */
    UpstreamAnswer send(WireRequest request, Patience patience, Cancel cancel) throws UpstreamError;
}
