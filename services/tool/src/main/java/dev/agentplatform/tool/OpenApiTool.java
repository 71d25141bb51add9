package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.tool.OpenApiDocument.Operation;
import dev.agentplatform.tool.OpenApiDocument.Unresolved;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tool that an operation becomes.
 *
 * @param body of its version
 * @param auth which credential it needs, as in its {@code invoke_config_json}; JSON null for none
 */
record OpenApiTool(String code, String name, String description, ObjectNode body, JsonNode auth) {
    private static final int CODE_LENGTH_MAX = 128;
    private static final int NAME_LENGTH_MAX = 200;
    private static final int DESCRIPTION_LENGTH_MAX = 5_000;
    private static final Set<String> OWN_HEADERS = Set.of("accept", "content-type", "authorization");
    private static final String JSON = "application/json";
    private static final String FORM = "application/x-www-form-urlencoded";

    /** @throws Unresolved when the operation cannot be a tool; its message says why */
    static OpenApiTool of(OpenApiDocument document, Operation operation, String baseUrl, String prefix) {
        return new Builder(document, operation).build(baseUrl, prefix);
    }

    static String code(Operation operation, String prefix) {
        String code =
                (prefix + operation.id()).replaceAll("[^A-Za-z0-9_.-]+", "_").replaceAll("^_|_$", "");
        return code.length() > CODE_LENGTH_MAX ? code.substring(0, CODE_LENGTH_MAX) : code;
    }

    private static String cut(String text, int max) {
        return text.length() > max ? text.substring(0, max) : text;
    }

    private static final class Builder {
        private final OpenApiDocument document;
        private final Operation operation;
        private final OpenApiSchemas schemas;
        private final ObjectNode properties = Json.object();
        private final ArrayNode required = Json.array();
        private final ObjectNode places = Json.object();
        private String bodyFormat = "";

        Builder(OpenApiDocument document, Operation operation) {
            this.document = document;
            this.operation = operation;
            this.schemas = new OpenApiSchemas(document);
        }

        OpenApiTool build(String baseUrl, String prefix) {
            // Path parameters first: their names stand in the path and cannot be changed.
            parameters(true);
            parameters(false);
            body(document.followed(operation.json().path("requestBody")));
            ObjectNode schema = Json.object().put("type", "object");
            schema.set("properties", properties);
            if (!required.isEmpty()) schema.set("required", required);
            schema.put("additionalProperties", false);
            ObjectNode config = Json.object()
                    .put("method", operation.method().toUpperCase(Locale.ROOT))
                    .put("base_url", baseUrl)
                    .put("path", operation.path());
            if (!places.isEmpty()) config.set("parameters", places);
            if (!bodyFormat.isEmpty()) config.put("body_format", bodyFormat);
            JsonNode auth = auth();
            if (!Json.isNothing(auth)) config.set("auth", auth);
            ObjectNode body = Json.object();
            body.set(ToolVersion.INPUT_SCHEMA, schema);
            body.set(ToolVersion.INVOKE_CONFIG, config);
            String summary = operation.json().path("summary").asString("").strip();
            String description =
                    operation.json().path("description").asString("").strip();
            return new OpenApiTool(
                    code(operation, prefix),
                    cut(summary.isEmpty() ? operation.id() : summary, NAME_LENGTH_MAX),
                    cut(description.isEmpty() ? summary : description, DESCRIPTION_LENGTH_MAX),
                    body,
                    auth);
        }

        private void parameters(boolean ofPath) {
            ObjectNode byPlaceAndName = Json.object();
            // The operation's own parameters override those of its path.
            for (JsonNode list :
                    new JsonNode[] {operation.shared(), operation.json().path("parameters")}) {
                for (JsonNode written : list) {
                    JsonNode parameter = document.followed(written);
                    String key = parameter.path("in").asString("") + " "
                            + parameter.path("name").asString("");
                    byPlaceAndName.set(key, parameter);
                }
            }
            for (Map.Entry<String, JsonNode> entry : byPlaceAndName.properties()) {
                JsonNode parameter = entry.getValue();
                if (parameter.path("in").asString("").equals("path") == ofPath) parameter(parameter);
            }
        }

        private void parameter(JsonNode parameter) {
            String in = parameter.path("in").asString("");
            String name = parameter.path("name").asString("");
            if (in.equals("header") && OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) return;
            if (!Set.of("path", "query", "header", "cookie").contains(in)) {
                throw new Unresolved("the parameter " + name + " is in the unknown place '" + in + "'");
            }
            if (in.equals("path") && !name.matches("[A-Za-z0-9_.-]{1,100}")) {
                throw new Unresolved("the path parameter '" + name + "' has a name that no tool can have");
            }
            JsonNode schema = parameter.has("schema")
                    ? parameter.get("schema")
                    : parameter.path("content").path(JSON).path("schema");
            ObjectNode converted = described(schemas.standalone(schema), parameter.path("description"));
            String input = input(
                    in,
                    name,
                    converted,
                    in.equals("path") || parameter.path("required").asBoolean(false));
            if (!in.equals("path")) place(input, in, name, in.equals("query") ? style(parameter) : "");
        }

        private static String style(JsonNode parameter) {
            String style = parameter.path("style").asString("form");
            if (style.equals("deepObject")) return "deep";
            if (!style.equals("form")) throw new Unresolved("the parameter style " + style + " is not supported");
            return parameter.path("explode").asBoolean(true) ? "" : "joined";
        }

        private static ObjectNode described(JsonNode schema, JsonNode description) {
            ObjectNode described = Json.object();
            described.setAll((ObjectNode) schema);
            if (!described.has("description") && description.isString()) described.set("description", description);
            return described;
        }

        /** The name of the input; one that is taken gets its place in front. */
        private String input(String in, String name, JsonNode schema, boolean needed) {
            String input = name;
            for (int i = 0; properties.has(input); i++) input = in + "_" + name + (i == 0 ? "" : "_" + i);
            properties.set(input, schema);
            if (needed) required.add(input);
            return input;
        }

        private void place(String input, String in, String name, String style) {
            if (input.equals(name) && style.isEmpty()) {
                places.put(input, in);
                return;
            }
            ObjectNode place = places.putObject(input).put("in", in).put("name", name);
            if (!style.isEmpty()) place.put("style", style);
        }

        private void body(JsonNode body) {
            if (!body.isObject()) return;
            boolean needed = body.path("required").asBoolean(false);
            JsonNode content = body.path("content");
            JsonNode media = Json.nothing();
            for (Map.Entry<String, JsonNode> type : content.properties()) {
                String name = type.getKey().toLowerCase(Locale.ROOT);
                boolean json = name.startsWith(JSON) || name.endsWith("+json") || name.equals("*/*");
                if (json || (name.startsWith(FORM) && Json.isNothing(media))) {
                    media = type.getValue();
                    bodyFormat = json ? "" : "form";
                    if (json) break;
                }
            }
            if (Json.isNothing(media)) {
                if (content.isEmpty()) return;
                throw new Unresolved(
                        "its body is neither JSON nor a form: " + String.join(", ", content.propertyNames()));
            }
            JsonNode schema = schemas.standalone(media.path("schema"));
            boolean flat = schema.path("properties").isObject()
                    && !schema.path("properties").isEmpty()
                    && !schema.has("oneOf")
                    && !schema.has("anyOf")
                    && !schema.has("allOf");
            if (!flat) {
                String input = input("request", "body", described(schema, body.path("description")), needed);
                places.putObject(input).put("in", "whole_body");
                return;
            }
            Set<String> neededNames = new java.util.HashSet<>();
            for (JsonNode name : schema.path("required")) neededNames.add(name.asString(""));
            for (Map.Entry<String, JsonNode> property :
                    schema.path("properties").properties()) {
                String name = property.getKey();
                String input = input("body", name, property.getValue(), needed && neededNames.contains(name));
                place(input, "body", name, "");
            }
        }

        /** What the first way to authenticate asks for. */
        private JsonNode auth() {
            JsonNode security =
                    operation.json().has("security") ? operation.json().get("security") : document.at("security");
            JsonNode first = security.path(0);
            Optional<String> name = first.propertyNames().stream().findFirst();
            if (name.isEmpty()) return Json.nothing();
            JsonNode scheme = document.followed(document.at("components", "securitySchemes", name.get()));
            String type = scheme.path("type").asString("");
            ObjectNode auth = Json.object().put("scheme", name.get());
            return switch (type) {
                case "apiKey" ->
                    auth.put("credential_type", "api_key")
                            .put("in", scheme.path("in").asString("header"))
                            .put("name", scheme.path("name").asString("X-API-Key"));
                case "http" ->
                    auth.put(
                            "credential_type",
                            scheme.path("scheme").asString("").equalsIgnoreCase("basic") ? "basic" : "bearer");
                case "oauth2" -> oauth2(auth, scheme, first.path(name.get()));
                // The token has to be got by hand.
                case "openIdConnect" -> auth.put("credential_type", "bearer");
                default -> auth.put("credential_type", "custom");
            };
        }

        private static JsonNode oauth2(ObjectNode auth, JsonNode scheme, JsonNode scopes) {
            JsonNode flow = scheme.path("flows").path("clientCredentials");
            if (!flow.isObject()) return auth.put("credential_type", "bearer");
            auth.put("credential_type", "oauth2")
                    .put("token_url", flow.path("tokenUrl").asString(""));
            auth.set("scopes", scopes);
            return auth;
        }
    }
}
