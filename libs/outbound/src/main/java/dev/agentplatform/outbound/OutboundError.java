package dev.agentplatform.outbound;

/** No usable answer came. The message is for people and holds no header values, bodies or query strings. */
public final class OutboundError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong; the wire name is the code that clients see. */
    public enum Code {
        /** The address, the method or a header is not one that can be sent. */
        INVALID_REQUEST("invalid_request", false),
        TARGET_FORBIDDEN("target_forbidden", false),
        DNS_FAILED("dns_failed", true),
        CONNECT_FAILED("connect_failed", true),
        TIMEOUT("timeout", true),
        TOO_LARGE("too_large", false),
        TLS_FAILED("tls_failed", false),
        /** The answer was cut off, or is no HTTP. The one often looks like the other. */
        PROTOCOL_ERROR("protocol_error", true),
        TOO_MANY_REDIRECTS("too_many_redirects", false);

        private final String wire;
        private final boolean retryable;

        Code(String wire, boolean retryable) {
            this.wire = wire;
            this.retryable = retryable;
        }
    }

    private final Code code;

    OutboundError(Code code, String message) {
        this(code, message, null);
    }

    OutboundError(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    /** Stable snake_case, for example {@code target_forbidden}. */
    public String code() {
        return code.wire;
    }

    /** Whether the same request may succeed a little later. */
    public boolean retryable() {
        return code.retryable;
    }
}
