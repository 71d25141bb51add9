package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.model.upstream.Cancel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a client asks of a model.
 *
 * @param body OpenAI's request; not changed
 * @param sent its bytes as they came, null when there are none
 * @param timeLimit null for the limit of the provider alone
 * @param cacheSeconds how old an answer may be that another call got; 0 for a fresh one
 * @param requestId goes to the provider; null for none
 */
public record Ask(
        CallOrigin origin,
        Operation operation,
        ObjectNode body,
        byte[] sent,
        Duration timeLimit,
        int cacheSeconds,
        String requestId,
        Cancel cancel) {
    /** A field of ours that asks for the cache. */
    public static final String CACHE = "cache_ttl_seconds";

    static final String MOCK = "mock";

    /** Fields that are ours: providers would refuse them. */
    private static final Set<String> OWN = Set.of("workspace_id", "tenant_id", CACHE, MOCK);

    /** Null when the request names none. */
    String model() {
        JsonNode model = body.path("model");
        return model.isString() && !model.stringValue().isEmpty() ? model.stringValue() : null;
    }

    boolean streamed() {
        return body.path("stream").asBoolean(false);
    }

    boolean wantsUsage() {
        return body.path("stream_options").path("include_usage").asBoolean(false);
    }

    /** For this model of the provider, without our own fields. */
    ObjectNode bodyFor(String model, boolean mock) {
        ObjectNode copy = Json.object();
        copy.setAll(body);
        OWN.forEach(name -> {
            if (!mock || !name.equals(MOCK)) copy.remove(name);
        });
        return copy.put("model", model);
    }

    byte[] bytesFor(String model, boolean mock) {
        boolean untouched = sent != null && model.equals(model()) && !hasOwn(mock);
        return untouched ? sent : Json.write(bodyFor(model, mock)).getBytes(StandardCharsets.UTF_8);
    }

    private boolean hasOwn(boolean mock) {
        return body.has("workspace_id") || body.has("tenant_id") || body.has(CACHE) || (!mock && body.has(MOCK));
    }
}
