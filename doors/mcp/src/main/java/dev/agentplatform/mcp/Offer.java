package dev.agentplatform.mcp;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.JsonSchema;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One published definition as a tool: how it is called, what it is given, and the body of the run that a call is. Pure. */
record Offer(Kind kind, Definition definition, VersionBody version) {
    /** Many clients take no longer names. */
    private static final int NAME_LENGTH_MAX = 64;

    private static final int INPUTS_MAX = 50;
    private static final String TEXT = "input_text";
    private static final String JSON = "input_json";
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");
    private static final Pattern INPUT = Pattern.compile("(?<![.\\w])input\\.([A-Za-z_][A-Za-z0-9_]{0,63})");

    /** What can be called, in the order in which it is listed. */
    enum Kind {
        AGENT("agent", "agent"),
        TEAM("team", "team"),
        WORKFLOW("workflow", "runtime"),
        SKILL("skill", "skill");

        private final String word;
        private final String service;

        Kind(String word, String service) {
            this.word = word;
            this.service = service;
        }

        /** As in {@code definition.kind}. */
        String word() {
            return word;
        }

        /** Whose right to write starting a run asks for. */
        String service() {
            return service;
        }
    }

    /** A name of a tool, taken apart. @param code null when {@code id} names the definition */
    record Name(Kind kind, String code, UUID id) {}

    /** {@code agent_sales}; a definition whose code no client would take is called by its id. */
    String name() {
        String name = kind.word() + "_" + definition.code();
        boolean plain = PLAIN.matcher(definition.code()).matches() && name.length() <= NAME_LENGTH_MAX;
        return plain ? name : kind.word() + "_" + definition.id();
    }

    /** Empty for what is no name of a tool. */
    static Optional<Name> parse(String name) {
        for (Kind kind : Kind.values()) {
            if (!name.startsWith(kind.word() + "_")) continue;
            String rest = name.substring(kind.word().length() + 1);
            Optional<UUID> id = Ids.parse(rest);
            return Optional.of(new Name(kind, id.isPresent() ? null : rest, id.orElse(null)));
        }
        return Optional.empty();
    }

    /** As {@code tools/list} shows it. */
    ObjectNode shown() {
        String description = definition.description() == null ? "" : definition.description();
        ObjectNode tool = Json.object().put("name", name()).put("title", definition.name());
        tool.put("description", description.isBlank() ? definition.name() + " (" + kind.word() + ")" : description);
        tool.set("inputSchema", inputSchema());
        return tool;
    }

    private ObjectNode inputSchema() {
        return switch (kind) {
            case AGENT, TEAM -> {
                ObjectNode schema = Json.object().put("type", "object");
                ObjectNode properties = schema.putObject("properties");
                properties.putObject(TEXT).put("type", "string").put("description", "What is asked for");
                properties.putObject(JSON).put("type", "object").put("description", "What is given beside the text");
                schema.putArray("required").add(TEXT);
                yield schema;
            }
            case SKILL -> object(JsonSchema.of(version.body().path("parameter_schema_json")));
            case WORKFLOW -> {
                ObjectNode schema = Json.object().put("type", "object");
                ObjectNode properties = schema.putObject("properties");
                inputs(version.body()).forEach(properties::putObject);
                yield schema;
            }
        };
    }

    /** The protocol wants schemas of objects. */
    private static ObjectNode object(JsonNode schema) {
        ObjectNode object = Json.object().put("type", "object");
        if (schema instanceof ObjectNode written) object.setAll(written);
        return object.put("type", "object");
    }

    /** The fields of its input that a workflow names anywhere: it declares none. */
    static Set<String> inputs(JsonNode document) {
        Set<String> names = new LinkedHashSet<>();
        Matcher found = INPUT.matcher(Json.write(document));
        while (found.find() && names.size() < INPUTS_MAX) names.add(found.group(1));
        return names;
    }

    /** The body that starts a run of exactly this version. */
    ObjectNode startBody(JsonNode arguments) {
        ObjectNode body = Json.object()
                .put(kind.word() + "_id", definition.id().toString())
                .put(kind.word() + "_version_id", version.id().toString())
                .put("auto_start", true);
        body.putObject("metadata_json").put("started_by", "mcp");
        JsonNode given = Json.isNothing(arguments) ? Json.object() : arguments;
        switch (kind) {
            case AGENT, TEAM -> {
                body.set(TEXT, given.path(TEXT).isMissingNode() ? Json.text("") : given.path(TEXT));
                if (!Json.isNothing(given.path(JSON))) body.set(JSON, given.path(JSON));
            }
            case SKILL, WORKFLOW -> body.set(JSON, given);
        }
        return body;
    }
}
