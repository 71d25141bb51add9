package dev.agentplatform.model.call;

import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.upstream.UpstreamError.Code;

/** One try at one provider that gave no answer, and what may be done about it. */
final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ModelError error;
    private final boolean again;
    private final boolean elsewhere;
    private final boolean broken;
    private final long waitMillis;

    /**
     * @param again the same provider may answer the next time
     * @param elsewhere another provider may answer
     * @param broken the provider is to blame, which counts for its gate
     * @param waitMillis what the provider asks for, 0 when it does not
     */
    Failed(ModelError error, boolean again, boolean elsewhere, boolean broken, long waitMillis) {
        super(error.getMessage(), null, false, false);
        this.error = error;
        this.again = again;
        this.elsewhere = elsewhere;
        this.broken = broken;
        this.waitMillis = waitMillis;
    }

    static Failed of(String provider, UpstreamError failed) {
        Code code = failed.code();
        boolean cancelled = code == Code.CANCELLED;
        boolean ours = code == Code.INVALID_REQUEST || code == Code.TARGET_FORBIDDEN;
        int status = switch (code) {
            case TIMEOUT -> 504;
            case CANCELLED -> 499;
            default -> 502;
        };
        ModelError error = ModelError.of(
                status,
                "server_error",
                "provider_" + code.wire(),
                "Provider " + provider + ": " + failed.getMessage(),
                ours);
        return new Failed(error, code.retryable(), !cancelled, !cancelled && !ours, 0);
    }

    ModelError error() {
        return error;
    }

    boolean again() {
        return again;
    }

    boolean elsewhere() {
        return elsewhere;
    }

    boolean broken() {
        return broken;
    }

    /** It answered, if only that the request is wrong. */
    boolean alive() {
        return !broken && error.status() >= 400 && error.status() < 499;
    }

    long waitMillis() {
        return waitMillis;
    }
}
