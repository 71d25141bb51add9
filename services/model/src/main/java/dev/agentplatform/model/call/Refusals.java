package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.upstream.UpstreamAnswer;
import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.wire.WireError;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of a provider's answer that is no success. */
final class Refusals {
    private static final int BODY_BYTES_MAX = 64 * 1024;
    private static final int MESSAGE_CHARS_MAX = 2_000;
    private static final int RETRY_AFTER_SECONDS_MAX = 86_400;

    private Refusals() {}

    /** Reads what is left of the answer, within limits. */
    static Failed of(Candidate candidate, UpstreamAnswer answer, Instant now) throws UpstreamError {
        int status = answer.status();
        String provider = candidate.provider();
        if (status < 400) {
            return new Failed(
                    ModelError.of(
                            502,
                            "server_error",
                            "provider_redirected",
                            "Provider " + provider + " answered " + status
                                    + "; its answers are not followed elsewhere.",
                            true),
                    false,
                    true,
                    true,
                    0);
        }
        byte[] body = body(answer);
        long wait =
                answer.header("retry-after").map(text -> waitMillis(text, now)).orElse(0L);
        if (status == 401 || status == 403) {
            // The client's own key was right; and what the provider says about ours may repeat it.
            String message = "Provider " + provider + " refused the key that is stored for it.";
            return new Failed(
                    ModelError.of(502, "server_error", "provider_authentication", message, true),
                    false,
                    true,
                    false,
                    0);
        }
        boolean busy = status == 429 || status == 408 || status == 409;
        boolean broken = status >= 500;
        int seconds = (int) Math.min(RETRY_AFTER_SECONDS_MAX, (wait + 999) / 1_000);
        ModelError error = candidate.wire().isPresent()
                ? ModelError.of(clean(candidate, candidate.wire().get().error(status, body)), seconds, false)
                : passed(candidate, status, body, seconds);
        boolean gone = status == 404;
        return new Failed(error, busy || broken, busy || broken || gone, broken, wait);
    }

    private static byte[] body(UpstreamAnswer answer) throws UpstreamError {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] part = new byte[4_096];
        for (int n = answer.read(part); n >= 0 && out.size() < BODY_BYTES_MAX; n = answer.read(part)) {
            out.write(part, 0, n);
        }
        return out.toByteArray();
    }

    /** OpenAI's own error goes on as it is; anything else is told in its shape. */
    private static ModelError passed(Candidate candidate, int status, byte[] body, int seconds) {
        JsonNode error = error(body);
        if (error == null) {
            String message = "Provider " + candidate.provider() + " answered " + status + ".";
            String type = status < 500 ? "invalid_request_error" : "server_error";
            return ModelError.of(new WireError(status, type, "provider_error", message), seconds, false);
        }
        String message = cut(without(candidate, error.path("message").asString("")));
        WireError wire = new WireError(
                status,
                error.path("type").asString("server_error"),
                error.path("code").asString(null),
                message);
        String text = new String(body, StandardCharsets.UTF_8);
        String scrubbed = without(candidate, text);
        byte[] bytes = scrubbed.equals(text) ? body : scrubbed.getBytes(StandardCharsets.UTF_8);
        return ModelError.of(wire, bytes, seconds);
    }

    private static JsonNode error(byte[] body) {
        try {
            boolean object = Json.mapper().readTree(body) instanceof ObjectNode json
                    && json.path("error").isObject();
            return object ? Json.mapper().readTree(body).path("error") : null;
        } catch (JacksonException noJson) {
            return null;
        }
    }

    private static WireError clean(Candidate candidate, WireError error) {
        return new WireError(error.status(), error.type(), error.code(), cut(without(candidate, error.getMessage())));
    }

    /** A provider may repeat the key it was sent. */
    private static String without(Candidate candidate, String text) {
        String key = candidate.target().apiKey();
        if (text == null) return "";
        return key == null || key.isEmpty() ? text : text.replace(key, "****");
    }

    private static String cut(String text) {
        return text.length() <= MESSAGE_CHARS_MAX ? text : text.substring(0, MESSAGE_CHARS_MAX) + "…";
    }

    /** Seconds or an HTTP date; nonsense is 0. */
    static long waitMillis(String retryAfter, Instant now) {
        String text = retryAfter.strip();
        if (text.matches("\\d{1,9}(\\.\\d+)?")) return (long) (Double.parseDouble(text) * 1_000);
        try {
            Instant until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return Math.max(0, Duration.between(now, until).toMillis());
        } catch (DateTimeException nonsense) {
            return 0;
        }
    }
}
