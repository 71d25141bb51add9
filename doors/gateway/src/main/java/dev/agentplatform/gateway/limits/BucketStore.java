package dev.agentplatform.gateway.limits;

import dev.agentplatform.gateway.limits.Rate.Decision;

/** One bucket for each caller, all of one rate. */
interface BucketStore {
    Rate rate();

    Decision take(String caller, long nowNanos);

    /** For a request that was refused elsewhere. */
    void giveBack(String caller, long nowNanos);
}
