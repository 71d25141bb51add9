package dev.agentplatform.tool;

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

    /** @throws Problem 422 with every fault; 422 {@code tool_type_not_available} for a type that cannot be called yet */
    static void check(ToolType type, JsonNode body) {
        available(type);
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
            case WORKFLOW -> workflow(config);
            case MCP, AGENT -> throw new IllegalStateException(type.word());
        };
        if (!errors.isEmpty()) throw Problem.invalid(errors);
    }

    /** @throws Problem 422 {@code tool_type_not_available} */
    static void available(ToolType type) {
        if (type.available()) return;
        throw new Problem(
                422,
                "tool_type_not_available",
                "Tools of the type " + type.word() + " cannot be called in this version of the platform.",
                List.of(new FieldError("tool_type", "is " + type.word() + ", which is not available yet")),
                0);
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

    private static List<FieldError> workflow(JsonNode config) {
        for (String field : List.of("workflow_id", "workflow_code", "workflow_version_id")) {
            JsonNode value = config.path(field);
            if (value.isString() && !value.stringValue().isBlank()) return List.of();
        }
        return List.of(new FieldError(
                ToolVersion.INVOKE_CONFIG + ".workflow_id", "is required, or workflow_code or workflow_version_id"));
    }
}
