package dev.agentplatform.model.upstream;

/** No usable answer came. The message is for people; it holds no header values and no bodies. */
public final class UpstreamError extends Exception {
    private static final long serialVersionUID = 1L;

    /** What went wrong. */
    public enum Code {
        INVALID_REQUEST("invalid_request", false),
        TARGET_FORBIDDEN("target_forbidden", false),
        DNS_FAILED("dns_failed", true),
        CONNECT_FAILED("connect_failed", true),
        TLS_FAILED("tls_failed", false),
        TIMEOUT("timeout", false),
        CUT("cut", true),
        PROTOCOL_ERROR("protocol_error", false),
        TOO_LARGE("too_large", false),
        CANCELLED("cancelled", false);

        private final String wire;
        private final boolean retryable;

        Code(String wire, boolean retryable) {
            this.wire = wire;
            this.retryable = retryable;
        }

        /** Stable snake_case. */
        public String wire() {
            return wire;
        }

        /** Whether the same request may go better the next time. */
        public boolean retryable() {
            return retryable;
        }
    }

    private final Code code;

    public UpstreamError(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public Code code() {
        return code;
    }
}
