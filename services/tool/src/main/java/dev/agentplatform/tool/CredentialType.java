package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Kinds of credentials: which fields their secret has, and which of these are no secret. */
enum CredentialType {
    /** {@code api_key}, and where it goes: {@code in} header or query, {@code name}, {@code prefix}. */
    API_KEY(List.of("api_key"), Set.of("in", "name", "prefix")),
    BEARER(List.of("token"), Set.of()),
    BASIC(List.of("username", "password"), Set.of("username")),
    /** Client credentials: the token comes from {@code token_url}. */
    OAUTH2(
            List.of("token_url", "client_id", "client_secret"),
            Set.of("token_url", "client_id", "scope", "audience", "auth_style")),
    /** {@code headers} and {@code query} with any names; a flat object is headers. */
    CUSTOM(List.of(), Set.of());

    private static final Map<String, List<String>> OTHER_NAMES = Map.of(
            "api_key", List.of("key", "value", "token"),
            "token", List.of("access_token", "bearer_token", "value"),
            "username", List.of("user"));
    private static final int VALUE_LENGTH_MAX = 8_000;
    private static final int FIELDS_MAX = 50;

    private final List<String> required;
    private final Set<String> open;

    CredentialType(List<String> required, Set<String> open) {
        this.required = required;
        this.open = open;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<CredentialType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }

    /** Whether the value of a field may be known. */
    boolean isOpen(String field) {
        return open.contains(field);
    }

    /** The secret under the names used here, others are accepted; custom always as {@code {headers, query}}. */
    ObjectNode normalized(ObjectNode written) {
        ObjectNode secret = Json.object();
        if (this == CUSTOM) {
            boolean parts =
                    written.path("headers").isObject() || written.path("query").isObject();
            if (!parts) secret.set("headers", written);
            else
                for (String part : List.of("headers", "query"))
                    if (written.has(part)) secret.set(part, written.get(part));
            return secret;
        }
        secret.setAll(written);
        for (String field : required) {
            for (String other : OTHER_NAMES.getOrDefault(field, List.of())) {
                if (!Json.isNothing(secret.path(field)) || Json.isNothing(secret.path(other))) continue;
                secret.set(field, secret.get(other));
                secret.remove(other);
            }
        }
        return secret;
    }

    /** What is wrong with a {@link #normalized} secret. No message shows a value. */
    List<FieldError> faults(ObjectNode secret) {
        List<FieldError> faults = new ArrayList<>();
        if (this == CUSTOM) {
            int count = 0;
            for (Map.Entry<String, JsonNode> part : secret.properties()) {
                String place = "secret_json." + part.getKey();
                if (!part.getValue().isObject()) faults.add(new FieldError(place, "must be an object"));
                count += part.getValue().size();
                part.getValue()
                        .properties()
                        .forEach(entry -> value(faults, place + "." + entry.getKey(), entry.getValue(), true));
            }
            if (count == 0) faults.add(new FieldError("secret_json", "must hold headers or query parameters"));
            if (count > FIELDS_MAX)
                faults.add(new FieldError("secret_json", "has more than " + FIELDS_MAX + " fields"));
            return faults;
        }
        for (String field : required) {
            if (Json.isNothing(secret.path(field))) faults.add(new FieldError("secret_json." + field, "is required"));
        }
        if (secret.size() > FIELDS_MAX)
            faults.add(new FieldError("secret_json", "has more than " + FIELDS_MAX + " fields"));
        secret.properties()
                .forEach(entry ->
                        value(faults, "secret_json." + entry.getKey(), entry.getValue(), !isOpen(entry.getKey())));
        oneOf(faults, secret, "in", this == API_KEY, "header", "query", "cookie");
        oneOf(faults, secret, "auth_style", this == OAUTH2, "basic", "body");
        return faults;
    }

    private static void oneOf(
            List<FieldError> faults, ObjectNode secret, String field, boolean applies, String... allowed) {
        JsonNode value = secret.path(field);
        if (!applies || Json.isNothing(value) || !value.isString()) return;
        if (Arrays.asList(allowed).contains(value.stringValue())) return;
        faults.add(new FieldError("secret_json." + field, "must be one of " + String.join(", ", allowed)));
    }

    private static void value(List<FieldError> faults, String place, JsonNode value, boolean secret) {
        if (Json.isNothing(value)) return;
        if (!value.isString()) {
            faults.add(new FieldError(place, "must be a text"));
        } else if (value.stringValue().length() > VALUE_LENGTH_MAX) {
            faults.add(new FieldError(place, "must have at most " + VALUE_LENGTH_MAX + " characters"));
        } else if (secret && value.stringValue().length() < Mask.LENGTH_MIN) {
            faults.add(new FieldError(place, "must have at least " + Mask.LENGTH_MIN + " characters"));
        } else if (value.stringValue().chars().anyMatch(c -> c < ' ' || c == 0x7F)) {
            faults.add(new FieldError(place, "must not hold line breaks or other control characters"));
        }
    }
}
