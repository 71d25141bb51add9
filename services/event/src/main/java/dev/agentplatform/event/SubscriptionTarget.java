package dev.agentplatform.event;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.LanguageError;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where events go, checked.
 *
 * @param kind names the sender
 * @param options what is stored: without type and secret
 * @param secret as given, null for none
 */
record SubscriptionTarget(String kind, ObjectNode options, String secret) {
    static final int LANES_MAX = 64;
    static final int BATCH_MAX = 100;
    private static final int TIMEOUT_SECONDS_MAX = 60;
    private static final int TEXT_MAX = 2_000;
    private static final int SECRET_MIN = 16;
    private static final int SECRET_MAX = 500;

    /**
     * @param available kinds of targets that this server can send to
     * @param startable kinds of runs that triggers can start
     * @throws Problem 422 that names the field
     */
    static SubscriptionTarget read(JsonNode target, Set<String> available, Set<String> startable) {
        if (!target.isObject()) throw Problem.invalid("target", "must be an object");
        String kind = text(target, "type", 1, 20);
        if (!available.contains(kind)) {
            throw Problem.invalid("target.type", "must be one of " + String.join(", ", new TreeSet<>(available)));
        }
        ObjectNode options = Json.object();
        number(target, options, "max_in_flight", LANES_MAX);
        return switch (kind) {
            case WebhookSender.KIND -> webhook(target, options);
            case TriggerSender.KIND -> trigger(target, options, startable);
            default -> throw Problem.invalid("target.type", "is not known");
        };
    }

    private static SubscriptionTarget webhook(JsonNode target, ObjectNode options) {
        String url = text(target, "url", 1, TEXT_MAX);
        try {
            URI parsed = new URI(url);
            boolean http = "http".equalsIgnoreCase(parsed.getScheme()) || "https".equalsIgnoreCase(parsed.getScheme());
            if (!http || parsed.getHost() == null) throw new URISyntaxException(url, "no host");
            if (parsed.getUserInfo() != null) {
                throw Problem.invalid("target.url", "must not hold a password; the receiver checks the signature");
            }
        } catch (URISyntaxException wrong) {
            throw Problem.invalid("target.url", "must be an absolute http or https URL");
        }
        options.put("url", url);
        number(target, options, "timeout_seconds", TIMEOUT_SECONDS_MAX);
        number(target, options, "batch_max", BATCH_MAX);
        String secret = Json.isNothing(target.path("secret")) ? null : text(target, "secret", SECRET_MIN, SECRET_MAX);
        return new SubscriptionTarget(WebhookSender.KIND, options, secret);
    }

    private static SubscriptionTarget trigger(JsonNode target, ObjectNode options, Set<String> startable) {
        String kind = TriggerSender.kindOf(target);
        if (kind.isEmpty()) throw Problem.invalid("target.workflow_id", "is required, or another thing to start");
        if (!startable.contains(kind)) {
            throw Problem.invalid("target." + kind + "_id", "names what this server cannot start");
        }
        for (String field : Set.of(kind + "_id", kind + "_version_id", "session_id")) {
            if (!Json.isNothing(target.path(field))) options.put(field, text(target, field, 1, 200));
        }
        template(target, options, "input_json", "input");
        template(target, options, "input_text", "input_text");
        return new SubscriptionTarget(TriggerSender.KIND, options, null);
    }

    private static void template(JsonNode target, ObjectNode options, String field, String alias) {
        JsonNode value = target.has(field) ? target.get(field) : target.path(alias);
        if (Json.isNothing(value)) return;
        try {
            if (CompiledTree.parse(value).roots().contains("secrets")) {
                throw Problem.invalid("target." + field, "must not hold secrets");
            }
        } catch (LanguageError wrong) {
            throw Problem.invalid("target." + field, wrong.getMessage());
        }
        options.set(field, value);
    }

    private static String text(JsonNode target, String field, int min, int max) {
        JsonNode value = target.path(field);
        if (Json.isNothing(value)) throw Problem.invalid("target." + field, "is required");
        if (!value.isString()) throw Problem.invalid("target." + field, "must be a text");
        int length = value.stringValue().length();
        if (length < min || length > max) {
            throw Problem.invalid("target." + field, "must have " + min + " to " + max + " characters");
        }
        return value.stringValue();
    }

    private static void number(JsonNode target, ObjectNode options, String field, int max) {
        JsonNode value = target.path(field);
        if (Json.isNothing(value)) return;
        if (!value.isIntegralNumber() || value.asLong() < 1 || value.asLong() > max) {
            throw Problem.invalid("target." + field, "must be a whole number from 1 to " + max);
        }
        options.put(field, value.asInt());
    }
}
