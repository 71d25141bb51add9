package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.wire.WireError;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/** A call that failed, as the client gets to see it. Neither message nor body holds a key. */
public final class ModelError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient WireError cause;
    private final transient byte[] body;
    private final int retryAfterSeconds;
    private final boolean conclusive;

    private ModelError(WireError cause, byte[] body, int retryAfterSeconds, boolean isFinal) {
        super(cause.getMessage(), null, false, false);
        this.cause = cause;
        this.body = body;
        this.retryAfterSeconds = retryAfterSeconds;
        this.conclusive = isFinal;
    }

    /** @param isFinal the same call will fail again: clients should not repeat it */
    static ModelError of(int status, String type, String code, String message, boolean isFinal) {
        return of(new WireError(status, type, code, message), 0, isFinal);
    }

    static ModelError of(WireError error, int retryAfterSeconds, boolean isFinal) {
        byte[] body = Json.write(json(error.type(), error.code(), error.getMessage(), null))
                .getBytes(StandardCharsets.UTF_8);
        return new ModelError(error, body, retryAfterSeconds, isFinal);
    }

    /** With the provider's own words. */
    static ModelError of(WireError error, byte[] body, int retryAfterSeconds) {
        return new ModelError(error, body, retryAfterSeconds, false);
    }

    static ModelError busy(String code, String message, int status, int retryAfterSeconds) {
        String type = status == 429 ? "rate_limit_error" : "server_error";
        return of(new WireError(status, type, code, message), retryAfterSeconds, false);
    }

    /** OpenAI's error object. */
    public static ObjectNode json(String type, String code, String message, String param) {
        ObjectNode json = Json.object();
        json.putObject("error")
                .put("message", message)
                .put("type", type)
                .put("param", param)
                .put("code", code);
        return json;
    }

    public WireError error() {
        return cause;
    }

    public int status() {
        return cause.status();
    }

    /** OpenAI's error as JSON. */
    public byte[] body() {
        return body;
    }

    /** 0 for none. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    public boolean isFinal() {
        return conclusive;
    }
}
