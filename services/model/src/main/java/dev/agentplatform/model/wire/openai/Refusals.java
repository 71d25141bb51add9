package dev.agentplatform.model.wire.openai;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.wire.WireError;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Refusals of providers in OpenAI's words: the type and code by status, the provider's own text without keys. */
public final class Refusals {
    private static final int MESSAGE_CHARACTERS_MAX = 1_000;
    private static final int BODY_BYTES_MAX = 64 * 1024;
    /** Providers like to quote the key that they refuse. */
    private static final Pattern KEYS = Pattern.compile(
            "(?i)\\b(?:sk|pk|rk|gsk|xai|key)-[A-Za-z0-9_*-]{6,}|AIza[A-Za-z0-9_-]{10,}|bearer\\s+\\S{6,}");

    private Refusals() {}

    /** The JSON of a body, JSON null when it is none. */
    public static JsonNode json(byte[] body) {
        if (body == null || body.length == 0 || body.length > BODY_BYTES_MAX) return Json.nothing();
        try {
            return Json.parse(new String(body, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notJson) {
            return Json.nothing();
        }
    }

    /** @param message of the provider, may be empty @param code null: the usual one for the status */
    public static WireError of(int status, String code, String message) {
        String known = code == null ? code(status) : code;
        return new WireError(status, type(status), known, message(status, message));
    }

    /** OpenAI's type of error for a status. */
    public static String type(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 403 -> "permission_error";
            case 402 -> "insufficient_quota";
            case 429 -> "rate_limit_error";
            default -> status < 500 ? "invalid_request_error" : "server_error";
        };
    }

    private static String code(int status) {
        return switch (status) {
            case 401 -> "invalid_api_key";
            case 402 -> "insufficient_quota";
            case 404 -> "model_not_found";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_exceeded";
            default -> null;
        };
    }

    /** Short, in one line, without keys. */
    public static String message(int status, String message) {
        // What stands there is about a credential, and often quotes it.
        if (status == 401) return "The provider refused the credentials.";
        String line = message.strip().replaceAll("\\s+", " ");
        if (line.isEmpty()) return "The provider answers with the status " + status + ".";
        String masked = KEYS.matcher(line).replaceAll("****");
        return masked.length() <= MESSAGE_CHARACTERS_MAX ? masked : masked.substring(0, MESSAGE_CHARACTERS_MAX) + "…";
    }
}
