package dev.agentplatform.workflow.dsl;

import dev.agentplatform.kernel.Json;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a type of node is called and how it is configured, as data: for validation, for the list of types
 * that clients ask for, for forms.
 *
 * @param oneOf groups of keys of which at least one must be there; of several the first counts
 */
public record NodeTypeInfo(
        String name,
        List<String> aliases,
        String summary,
        Routing routing,
        List<List<String>> oneOf,
        List<ConfigField> fields) {

    /** What the condition of an outgoing edge is. */
    public enum Routing {
        /** An expression over the context. */
        CONDITIONS,
        /** The name of a route that the config declares. */
        DECLARED_ROUTES,
        /** The name of a route that the outcome decides, or an expression. */
        OPEN_ROUTES
    }

    public NodeTypeInfo {
        aliases = List.copyOf(aliases);
        oneOf = oneOf.stream().map(List::copyOf).toList();
        fields = List.copyOf(fields);
    }

    public static NodeTypeInfo of(String name, String summary, ConfigField... fields) {
        return new NodeTypeInfo(name, List.of(), summary, Routing.CONDITIONS, List.of(), List.of(fields));
    }

    NodeTypeInfo withAliases(String... names) {
        return new NodeTypeInfo(name, List.of(names), summary, routing, oneOf, fields);
    }

    NodeTypeInfo withRouting(Routing kind) {
        return new NodeTypeInfo(name, aliases, summary, kind, oneOf, fields);
    }

    NodeTypeInfo withOneOf(String... keys) {
        return new NodeTypeInfo(name, aliases, summary, routing, List.of(List.of(keys)), fields);
    }

    /** The value of a field under its name or its short name; a missing or null node when there is none. */
    public static JsonNode value(JsonNode config, ConfigField field) {
        JsonNode value = config.path(field.name());
        return Json.isNothing(value) ? config.path(field.shortName()) : value;
    }

    /**
     * The part of a config whose strings are templates, by full field names: what an executor resolves
     * before it works. Source code, expressions, nested nodes and the keys common to all types are not in it.
     */
    public JsonNode templates(JsonNode config) {
        ObjectNode templates = Json.object();
        for (ConfigField field : fields) {
            JsonNode value = value(config, field);
            if (field.kind().hasTemplates() && !Json.isNothing(value)) templates.set(field.name(), value);
        }
        return templates;
    }
}
