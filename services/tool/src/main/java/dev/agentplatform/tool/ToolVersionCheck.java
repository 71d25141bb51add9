package dev.agentplatform.tool;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.EvaluationError;
import dev.agentplatform.language.JsonSchema;
import dev.agentplatform.language.LanguageError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;

/** What the body of a version, and the config of a binding, must be. Pure. */
final class ToolVersionCheck {
    /** Characters of a body or a config as text. */
    static final int SIZE_MAX = 1_000_000;

    private static final Set<String> LANGUAGES = Set.of("python", "javascript");
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS");

    private ToolVersionCheck() {}

    /** @throws Problem 422 with every fault */
    static void check(ToolType type, JsonNode body) {
        if (Json.write(body).length() > SIZE_MAX) {
            throw Problem.tooLarge("The version has more than " + SIZE_MAX + " characters.");
        }
        JsonSchema.checkSchema(ToolVersion.INPUT_SCHEMA, JsonSchema.of(body.path(ToolVersion.INPUT_SCHEMA)));
        if (!Json.isNothing(body.path(ToolVersion.OUTPUT_SCHEMA))) {
            JsonSchema.checkSchema(ToolVersion.OUTPUT_SCHEMA, JsonSchema.of(body.path(ToolVersion.OUTPUT_SCHEMA)));
        }
        JsonNode config = body.path(ToolVersion.INVOKE_CONFIG);
        List<FieldError> errors = switch (type) {
            case HTTP -> httpConfig(ToolVersion.INVOKE_CONFIG, config);
            case BUILTIN -> builtin(config);
            case CODE -> code(config);
            case WORKFLOW -> definition("workflow", config);
            case AGENT -> definition("agent", config);
            case MCP -> mcp(config);
        };
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }

    /** Faults of what a request is put together from: fields of the right kind, templates over {@code input}. */
    static List<FieldError> httpConfig(String place, JsonNode config) {
        List<FieldError> errors = new ArrayList<>();
        BiConsumer<String, String> wrong = (field, message) -> errors.add(new FieldError(place + "." + field, message));
        for (String field : List.of("url", "base_url", "path", "method")) {
            JsonNode value = config.path(field);
            if (!Json.isNothing(value) && !value.isString()) wrong.accept(field, "must be a text");
        }
        String method = config.path("method").isString() ? config.path("method").stringValue() : "GET";
        if (!METHODS.contains(method.toUpperCase(java.util.Locale.ROOT))) {
            wrong.accept("method", "must be one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS");
        }
        for (String field : List.of("query", "headers", "parameters", "auth")) {
            JsonNode value = config.path(field);
            if (!Json.isNothing(value) && !value.isObject()) wrong.accept(field, "must be an object");
        }
        JsonNode seconds = config.path("timeout_seconds");
        boolean limit = seconds.isNumber() && seconds.doubleValue() > 0 && seconds.doubleValue() <= 3_600;
        if (!Json.isNothing(seconds) && !limit) wrong.accept("timeout_seconds", "must be more than 0 and at most 3600");
        templates(place, config, errors);
        return errors;
    }

    private static void templates(String place, JsonNode config, List<FieldError> errors) {
        try {
            CompiledTree tree = CompiledTree.parse(
                    config, (path, fault) -> errors.add(new FieldError(place + "." + path, fault.getMessage())));
            for (String root : tree.roots()) {
                if (!root.equals("input")) {
                    errors.add(new FieldError(place, "names '" + root + "'; templates of a tool see only 'input'"));
                }
            }
        } catch (LanguageError | EvaluationError unreadable) {
            errors.add(new FieldError(place, unreadable.getMessage()));
        }
    }

    private static List<FieldError> builtin(JsonNode config) {
        String name = config.path("builtin").asString("");
        if (Builtins.find(name).isPresent()) return List.of();
        return List.of(new FieldError(
                ToolVersion.INVOKE_CONFIG + ".builtin", "must be one of " + String.join(", ", Builtins.names())));
    }

    private static List<FieldError> code(JsonNode config) {
        List<FieldError> errors = new ArrayList<>();
        JsonNode code = config.path("code");
        if (!code.isString() || code.stringValue().isBlank()) {
            errors.add(new FieldError(ToolVersion.INVOKE_CONFIG + ".code", "is required, a text"));
        }
        JsonNode language = config.path("language");
        boolean known = language.isString() && LANGUAGES.contains(language.stringValue());
        if (!Json.isNothing(language) && !known) {
            errors.add(new FieldError(ToolVersion.INVOKE_CONFIG + ".language", "must be python or javascript"));
        }
        return errors;
    }

    private static List<FieldError> mcp(JsonNode config) {
        String place = ToolVersion.INVOKE_CONFIG + ".";
        List<FieldError> errors = McpServer.faults(place, config);
        JsonNode name = config.path(McpCalls.TOOL_NAME);
        if (!name.isString() || name.stringValue().isBlank()) {
            errors.add(new FieldError(place + McpCalls.TOOL_NAME, "is required, the name of the tool at its server"));
        }
        JsonNode credential = config.path(McpCalls.CREDENTIAL);
        boolean id =
                credential.isString() && Ids.parse(credential.stringValue()).isPresent();
        if (!Json.isNothing(credential) && !id) {
            errors.add(new FieldError(place + McpCalls.CREDENTIAL, "must be an id (a UUID)"));
        }
        return errors;
    }

    private static List<FieldError> definition(String kind, JsonNode config) {
        for (String field : List.of("_id", "_code", "_version_id")) {
            JsonNode value = config.path(kind + field);
            if (value.isString() && !value.stringValue().isBlank()) return List.of();
        }
        String first = ToolVersion.INVOKE_CONFIG + "." + kind + "_id";
        return List.of(new FieldError(first, "is required, or " + kind + "_code or " + kind + "_version_id"));
    }
}
