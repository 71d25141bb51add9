package dev.agentplatform.tool;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.language.JsonSchema;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A tool with the version of it that is called. */
record ToolVersion(Definition tool, ToolType type, VersionBody version) {
    static final String INPUT_SCHEMA = "input_schema_json";
    static final String INVOKE_CONFIG = "invoke_config_json";
    static final String OUTPUT_SCHEMA = "output_schema_json";

    UUID id() {
        return version.id();
    }

    JsonNode inputSchema() {
        return JsonSchema.of(version.body().path(INPUT_SCHEMA));
    }

    JsonNode invokeConfig() {
        return version.body().path(INVOKE_CONFIG);
    }

    /** Missing or null when any output is right. */
    JsonNode outputSchema() {
        return version.body().path(OUTPUT_SCHEMA);
    }

    /** What a record of the call shows of it. */
    ObjectNode shown() {
        return Json.object()
                .put("id", tool.id().toString())
                .put("code", tool.code())
                .put("name", tool.name())
                .put("tool_type", type.word())
                .put("tool_version_id", version.id().toString())
                .put("version_no", version.versionNo());
    }
}
