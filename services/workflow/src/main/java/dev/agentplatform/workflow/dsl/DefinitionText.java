package dev.agentplatform.workflow.dsl;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;

/** A definition as one YAML or JSON document. What {@link #write} writes, {@link #read} reads back equal. */
public final class DefinitionText {
    /** Characters of a document. */
    public static final int LENGTH_MAX = WorkflowDocument.SIZE_MAX;

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Json.DEPTH_MAX)
                            .maxStringLength(LENGTH_MAX)
                            .build())
                    .loadSettings(LoadSettings.builder()
                            .setCodePointLimit(LENGTH_MAX)
                            .setAllowDuplicateKeys(false)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .disable(YAMLWriteFeature.SPLIT_LINES)
                    .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .build())
            .build();

    private DefinitionText() {}

    /** Throws a 413 or 400 problem that says what is wrong with the text. Anchors and aliases are refused. */
    public static JsonNode read(String text) {
        if (text.length() > LENGTH_MAX) {
            throw Problem.tooLarge("The document has more than " + LENGTH_MAX + " characters.");
        }
        try {
            JsonNode read = YAML.readTree(text);
            if (!Json.isNothing(read) && read.isObject()) return read;
        } catch (JacksonException malformed) {
            throw Problem.malformed("malformed", "The document is neither YAML nor JSON: " + malformed.getOriginalMessage());
        }
        throw Problem.malformed("malformed", "The document must be an object.");
    }

    /** As YAML, in the order of the tree. */
    public static String write(JsonNode definition) {
        return YAML.writeValueAsString(definition);
    }
}
