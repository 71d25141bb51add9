package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An opened credential, for the length of one call. Its text form shows nothing of it. */
record Secret(Credential credential, ObjectNode json) {
    private static final String API_KEY_HEADER = "X-API-Key";
    private static final int PIECE_LENGTH_MIN = 8;

    /** What a request takes along. */
    record Additions(Map<String, String> headers, Map<String, String> query) {
        static final Additions NONE = new Additions(Map.of(), Map.of());
    }

    String text(String field) {
        return json.path(field).asString("");
    }

    /** Everything that must not be seen. */
    List<String> values() {
        List<String> values = new ArrayList<>();
        json.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isObject()) for (JsonNode inner : value) addPieces(values, inner.asString(""));
            else if (!credential.type().isOpen(entry.getKey())) values.add(value.asString(""));
        });
        if (credential.type() == CredentialType.BASIC) values.add(basic(text("username"), text("password")));
        if (credential.type() == CredentialType.OAUTH2) values.add(basic(text("client_id"), text("client_secret")));
        return values;
    }

    // A header such as "Token abc" may come back in parts.
    private static void addPieces(List<String> values, String value) {
        values.add(value);
        for (String piece : value.split("[\\s=,;]+")) if (piece.length() >= PIECE_LENGTH_MIN) values.add(piece);
    }

    /**
     * Headers and query parameters of all types but {@code oauth2}, whose token has to be fetched first.
     *
     * @param auth what the tool says about where its key goes: {@code {in, name, prefix}}; the credential's own word counts
     *     first
     */
    Additions additions(JsonNode auth) {
        return switch (credential.type()) {
            case API_KEY -> apiKey(auth);
            case BEARER -> header("Authorization", "Bearer " + text("token"));
            case BASIC -> header("Authorization", "Basic " + basic(text("username"), text("password")));
            case CUSTOM -> new Additions(texts("headers"), texts("query"));
            case OAUTH2 -> throw new IllegalStateException("a token is needed");
        };
    }

    static Additions bearer(String token) {
        return header("Authorization", "Bearer " + token);
    }

    static String basic(String user, String password) {
        return Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private Additions apiKey(JsonNode auth) {
        String in = named("in", auth, "header");
        String name = named("name", auth, in.equals("query") ? "api_key" : API_KEY_HEADER);
        String value = named("prefix", auth, "") + text("api_key");
        return switch (in) {
            case "query" -> new Additions(Map.of(), Map.of(name, value));
            case "cookie" -> header("Cookie", name + "=" + value);
            default -> header(name, value);
        };
    }

    private String named(String field, JsonNode auth, String byDefault) {
        if (!Json.isNothing(json.path(field))) return text(field);
        return auth.path(field).asString(byDefault);
    }

    private Map<String, String> texts(String part) {
        Map<String, String> texts = new LinkedHashMap<>();
        json.path(part)
                .properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asString("")));
        return texts;
    }

    private static Additions header(String name, String value) {
        return new Additions(Map.of(name, value), Map.of());
    }

    @Override
    public String toString() {
        return "Secret[" + credential.id() + "]";
    }
}
