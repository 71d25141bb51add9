package dev.agentplatform.workflow.dsl;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/** A definition as one YAML or JSON document. What {@link #write} writes, {@link #read} reads back equal. */
public final class DefinitionText {
    /** Characters of a document. */
    public static final int LENGTH_MAX = WorkflowDocument.SIZE_MAX;

    private static final YAMLMapper YAML = YAMLMapper.builder(YAMLFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Json.DEPTH_MAX)
                            .maxStringLength(LENGTH_MAX)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                    .disable(YAMLWriteFeature.SPLIT_LINES)
                    .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                    .stringQuotingChecker(new PlainNames())
                    .build())
            .build();

    private static final ObjectReader JSON = Json.mapper().reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private DefinitionText() {}

    /** Throws a 413 or 400 problem that says what is wrong with the text. Aliases ({@code *name}) are refused. */
    public static JsonNode read(String text) {
        if (text.length() > LENGTH_MAX) {
            throw Problem.tooLarge("The document has more than " + LENGTH_MAX + " characters.");
        }
        JsonNode read = readJson(text);
        if (read == null) read = readYaml(text);
        if (!Json.isNothing(read) && read.isObject()) return read;
        throw Problem.malformed("malformed", "The document must be an object.");
    }

    /** Null when it is not JSON. YAML reads most of JSON, but not every character that JSON allows in strings. */
    private static JsonNode readJson(String text) {
        if (!text.stripLeading().startsWith("{")) return null;
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            return null;
        }
    }

    private static JsonNode readYaml(String text) {
        try {
            refuseAliases(text);
            return YAML.readTree(text);
        } catch (JacksonException malformed) {
            String reason = malformed.getOriginalMessage();
            throw Problem.malformed("malformed", "The document is neither YAML nor JSON: " + reason);
        }
    }

    /** The reader takes an alias for a string of that name: better an error than another meaning. */
    private static void refuseAliases(String text) {
        try (YAMLParser parser = (YAMLParser) YAML.createParser(text)) {
            while (parser.nextToken() != null) {
                if (!parser.isCurrentAlias()) continue;
                int line = parser.currentTokenLocation().getLineNr();
                throw Problem.malformed(
                        "malformed", "The document uses an alias in line " + line + "; write the value out.");
            }
        }
    }

    /**
     * As YAML, in the order of the tree. The few trees that YAML cannot hold (line separators in names, for
     * one) are written as JSON, which {@link #read} takes as well.
     */
    public static String write(JsonNode definition) {
        String yaml = YAML.writeValueAsString(definition);
        return readsAs(yaml, definition) ? yaml : Json.write(definition);
    }

    private static boolean readsAs(String yaml, JsonNode definition) {
        try {
            return definition.equals(YAML.readTree(yaml));
        } catch (JacksonException unreadable) {
            return false;
        }
    }

    /** Jackson writes names such as {@code {{x}}} as they are, which YAML reads as something else. */
    private static final class PlainNames extends StringQuotingChecker.Default {
        private static final long serialVersionUID = 1L;
        private static final Pattern PLAIN = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");

        @Override
        public boolean needToQuoteName(String name) {
            return !PLAIN.matcher(name).matches() || super.needToQuoteName(name);
        }
    }
}
