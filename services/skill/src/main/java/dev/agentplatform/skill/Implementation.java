package dev.agentplatform.skill;

import dev.agentplatform.code.Language;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.LanguageError;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a version of a skill does. */
sealed interface Implementation {
    String FIELD = "implementation_json";
    int TIMEOUT_SECONDS_MAX = 600;

    record TextTemplate(String template) implements Implementation {}

    /** @param request {@code url, method, query, headers, body} with templates over {@code input} */
    record Http(CompiledTree request, int timeoutSeconds) implements Implementation {}

    /** @param timeoutSeconds 0 for the runner's default */
    record Code(Language language, String code, int timeoutSeconds) implements Implementation {}

    /** A run of another definition. @param kind {@code workflow} or {@code agent} @param versionId may be null */
    record Child(String kind, String idOrCode, UUID versionId) implements Implementation {}

    /** @throws Problem 422 that names the field */
    static Implementation of(String runtime, JsonNode json) {
        return switch (runtime) {
            case "template" -> new TextTemplate(text(json, "template"));
            case "http" -> http(json);
            case "code" -> code(json);
            case "workflow", "agent" -> child(runtime, json);
            case "mcp" -> throw Problem.invalid("runtime_type", "mcp is not available in this release");
            default -> throw Problem.invalid("runtime_type", "is not known");
        };
    }

    private static Http http(JsonNode json) {
        text(json, "url");
        ObjectNode request = Json.object();
        for (String field : new String[] {"url", "method", "query", "headers", "body"}) {
            if (!Json.isNothing(json.path(field))) request.set(field, json.get(field));
        }
        try {
            return new Http(CompiledTree.parse(request), timeout(json, 30));
        } catch (LanguageError wrong) {
            throw Problem.invalid(FIELD, wrong.getMessage());
        }
    }

    private static Code code(JsonNode json) {
        return new Code(language(text(json, "language")), text(json, "code"), timeout(json, 0));
    }

    private static Language language(String word) {
        try {
            return Language.of(word);
        } catch (Problem unknown) {
            throw Problem.invalid(
                    FIELD + ".language", unknown.errors().getFirst().message());
        }
    }

    private static Child child(String kind, JsonNode json) {
        String idField = kind + "_id";
        String versionField = kind + "_version_id";
        JsonNode version = json.path(versionField);
        UUID versionId = Json.isNothing(version)
                ? null
                : Ids.parse(version.asString(""))
                        .orElseThrow(() -> Problem.invalid(FIELD + "." + versionField, "must be an id (a UUID)"));
        String named = json.path(idField).asString(json.path("code").asString(null));
        if (named == null && versionId == null) throw Problem.invalid(FIELD + "." + idField, "is required");
        return new Child(kind, named, versionId);
    }

    private static int timeout(JsonNode json, int byDefault) {
        JsonNode value = json.path("timeout_seconds");
        if (Json.isNothing(value)) return byDefault;
        boolean fits = value.isIntegralNumber()
                && value.canConvertToInt()
                && value.intValue() >= 1
                && value.intValue() <= TIMEOUT_SECONDS_MAX;
        if (!fits) {
            throw Problem.invalid(
                    FIELD + ".timeout_seconds", "must be a whole number from 1 to " + TIMEOUT_SECONDS_MAX);
        }
        return value.intValue();
    }

    private static String text(JsonNode json, String field) {
        JsonNode value = json.path(field);
        if (Json.isNothing(value)) throw Problem.invalid(FIELD + "." + field, "is required");
        if (!value.isString() || value.stringValue().isBlank()) {
            throw Problem.invalid(FIELD + "." + field, "must be a text that is not empty");
        }
        return value.stringValue();
    }
}
