package dev.agentplatform.model.wire;

/**
 * A provider's refusal, in OpenAI's words. The message never holds a key.
 *
 * <p>{@code type} and {@code code} are those of OpenAI's error object ({@code invalid_request_error},
 * {@code rate_limit_exceeded} …); {@code code} may be null.
 */
public final class WireError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final String code;

    public WireError(int status, String type, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.type = type;
        this.code = code;
    }

    public int status() {
        return status;
    }

    public String type() {
        return type;
    }

    public String code() {
        return code;
    }
}
