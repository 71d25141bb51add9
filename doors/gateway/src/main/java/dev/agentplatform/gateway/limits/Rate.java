package dev.agentplatform.gateway.limits;

/**
 * A token bucket as one number: the time at which it will be full again. A token costs {@code 1 / perSecond} seconds of
 * that time, and the bucket is empty when it lies {@code burst} tokens ahead.
 *
 * @param perSecond tokens that come back each second, more than 0
 * @param burst tokens that a full bucket holds, at least 1
 */
record Rate(double perSecond, int burst) {

    /**
     * @param fullNanos when the bucket will be full, after this request
     * @param remaining whole tokens left
     * @param waitNanos until there is a token for a request that was refused, 0 for one that was allowed
     */
    record Decision(boolean allowed, long fullNanos, int remaining, long waitNanos) {}

    /** Takes a token from the bucket if it has one. */
    Decision take(long fullNanos, long nowNanos) {
        long token = tokenNanos();
        // A bucket that was full earlier is full now. Compared as differences: these clocks may overflow.
        long debt = Math.max(0, fullNanos - nowNanos);
        long most = token * burst;
        if (debt + token <= most) {
            return new Decision(true, nowNanos + debt + token, (int) ((most - debt - token) / token), 0);
        }
        return new Decision(false, nowNanos + debt, 0, debt + token - most);
    }

    long tokenNanos() {
        return Math.max(1, Math.round(1e9 / perSecond));
    }
}
