package dev.agentplatform.language;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLFactoryBuilder;
import tools.jackson.dataformat.yaml.YAMLMapper;
import tools.jackson.dataformat.yaml.YAMLParser;
import tools.jackson.dataformat.yaml.YAMLWriteFeature;
import tools.jackson.dataformat.yaml.util.StringQuotingChecker;

/** Definitions as YAML or JSON documents. What {@link #write} writes, {@link #read} reads back equal. */
public final class DefinitionText {
    /** Characters of one document. */
    public static final int LENGTH_MAX = 2 * 1024 * 1024;
    /** Characters of several documents in one text. */
    public static final int TEXT_LENGTH_MAX = 16 * 1024 * 1024;

    public static final int DOCUMENTS_MAX = 1_000;

    private static final StreamReadConstraints LIMITS = StreamReadConstraints.builder()
            .maxNestingDepth(Json.DEPTH_MAX)
            .maxStringLength(LENGTH_MAX)
            .build();

    /** For people: text without quotes where it can be, and in blocks where it has several lines. */
    private static final YAMLMapper PLAIN = YAMLMapper.builder(factory()
                    .enable(YAMLWriteFeature.LITERAL_BLOCK_STYLE)
                    .enable(YAMLWriteFeature.MINIMIZE_QUOTES)
                    .enable(YAMLWriteFeature.INDENT_ARRAYS_WITH_INDICATOR)
                    .build())
            .build();

    /** For the few texts that the other style does not hold. */
    private static final YAMLMapper QUOTED =
            YAMLMapper.builder(factory().build()).build();

    private static final ObjectReader JSON = Json.mapper().reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private DefinitionText() {}

    private static YAMLFactoryBuilder factory() {
        return YAMLFactory.builder()
                .streamReadConstraints(LIMITS)
                .loadSettings(LoadSettings.builder()
                        .setCodePointLimit(TEXT_LENGTH_MAX + 1)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(YAMLWriteFeature.WRITE_DOC_START_MARKER)
                .disable(YAMLWriteFeature.SPLIT_LINES)
                .enable(YAMLWriteFeature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .stringQuotingChecker(new PlainWords());
    }

    // ---- reading

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

    /**
     * Every document of a text: YAML documents divided by {@code ---}, or a JSON object, or a JSON list of documents. Empty
     * ones are left out. They may be anything, not only objects.
     *
     * @throws Problem 400 that names the line, 413
     */
    public static List<JsonNode> readAll(String text) {
        if (text.length() > TEXT_LENGTH_MAX) {
            throw Problem.tooLarge("The text has more than " + TEXT_LENGTH_MAX + " characters.");
        }
        JsonNode json = readJson(text);
        List<JsonNode> documents = new ArrayList<>();
        if (json == null) yamlDocuments(text, documents);
        else if (json.isArray()) json.forEach(documents::add);
        else documents.add(json);
        if (documents.size() > DOCUMENTS_MAX) {
            throw Problem.tooLarge(
                    "There are " + documents.size() + " documents; at most " + DOCUMENTS_MAX + " are taken at once.");
        }
        return documents;
    }

    private static void yamlDocuments(String text, List<JsonNode> documents) {
        try {
            refuseAliases(text);
            try (MappingIterator<JsonNode> each =
                    PLAIN.readerFor(JsonNode.class).readValues(text)) {
                while (each.hasNextValue()) {
                    JsonNode document = each.nextValue();
                    if (!Json.isNothing(document)) documents.add(document);
                }
            }
        } catch (JacksonException malformed) {
            throw malformed(malformed);
        }
    }

    /** Null when it is not JSON. YAML reads most of JSON, but not every character that JSON allows in strings. */
    private static JsonNode readJson(String text) {
        String start = text.stripLeading();
        if (!start.startsWith("{") && !start.startsWith("[")) return null;
        try {
            return JSON.readTree(text);
        } catch (JacksonException notJson) {
            return null;
        }
    }

    private static JsonNode readYaml(String text) {
        try {
            refuseAliases(text);
            return PLAIN.readTree(text);
        } catch (JacksonException malformed) {
            throw malformed(malformed);
        }
    }

    private static Problem malformed(JacksonException malformed) {
        int line =
                malformed.getLocation() == null ? -1 : malformed.getLocation().getLineNr();
        String where = line < 1 ? "" : ", line " + line;
        return Problem.malformed(
                "malformed", "The document is neither YAML nor JSON" + where + ": " + malformed.getOriginalMessage());
    }

    /** The reader takes an alias for a string of that name: better an error than another meaning. */
    private static void refuseAliases(String text) {
        try (YAMLParser parser = (YAMLParser) PLAIN.createParser(text)) {
            while (parser.nextToken() != null) {
                if (!parser.isCurrentAlias()) continue;
                int line = parser.currentTokenLocation().getLineNr();
                throw Problem.malformed(
                        "malformed", "The document uses an alias in line " + line + "; write the value out.");
            }
        }
    }

    // ---- where something stands

    /**
     * The lines of fields in a text that {@link #readAll} reads.
     *
     * @param paths dotted, the number of the document first: {@code 0.spec.nodes.1.type}
     * @return lines from 1; a path that is not there has the line of what it would be in
     */
    public static Map<String, Integer> lines(String text, Set<String> paths) {
        Set<String> wanted = new HashSet<>();
        for (String path : paths) {
            for (int end = path.length(); end > 0; end = path.lastIndexOf('.', end - 1)) {
                wanted.add(path.substring(0, end));
            }
        }
        Map<String, Integer> seen = new HashMap<>();
        // The items of a JSON list are the documents themselves.
        boolean list = text.stripLeading().startsWith("[") && readJson(text) != null;
        try (YAMLParser parser = (YAMLParser) PLAIN.createParser(text)) {
            int document = -1;
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token.isStructEnd()) continue;
                TokenStreamContext context = parser.streamReadContext();
                if (token.isStructStart()) context = context.getParent();
                // Empty documents are not counted when they are read, either.
                if (context.inRoot() && token != JsonToken.VALUE_NULL) document++;
                String path = list ? path(context).replaceFirst("^\\.", "") : document + path(context);
                if (wanted.contains(path)) {
                    seen.putIfAbsent(path, parser.currentTokenLocation().getLineNr());
                }
            }
        } catch (JacksonException malformed) {
            // What was found until there is told.
        }
        Map<String, Integer> lines = new HashMap<>();
        for (String path : paths) {
            String at = path;
            while (!seen.containsKey(at) && at.indexOf('.') >= 0) at = at.substring(0, at.lastIndexOf('.'));
            if (seen.containsKey(at)) lines.put(path, seen.get(at));
        }
        return lines;
    }

    private static String path(TokenStreamContext context) {
        StringBuilder path = new StringBuilder();
        for (TokenStreamContext at = context; at != null && !at.inRoot(); at = at.getParent()) {
            path.insert(0, "." + (at.inArray() ? String.valueOf(at.getCurrentIndex()) : at.currentName()));
        }
        return path.toString();
    }

    // ---- writing

    /**
     * As YAML, in the order of the tree, texts of several lines as blocks. The few trees that YAML cannot hold (line
     * separators in names, for one) are written as JSON, which {@link #read} takes as well.
     */
    public static String write(JsonNode definition) {
        String plain = PLAIN.writeValueAsString(definition);
        if (readsAs(plain, definition)) return plain;
        String quoted = QUOTED.writeValueAsString(definition);
        return readsAs(quoted, definition) ? quoted : Json.write(definition);
    }

    /** Several documents, divided by {@code ---}. */
    public static String writeAll(List<? extends JsonNode> definitions) {
        StringBuilder text = new StringBuilder();
        for (JsonNode definition : definitions) {
            if (!text.isEmpty()) text.append("---\n");
            String one = write(definition);
            text.append(one);
            if (!one.endsWith("\n")) text.append('\n');
        }
        return text.toString();
    }

    private static boolean readsAs(String yaml, JsonNode definition) {
        try {
            return definition.equals(PLAIN.readTree(yaml));
        } catch (JacksonException unreadable) {
            return false;
        }
    }

    /** Only what nobody can take for something else stands without quotes. */
    private static final class PlainWords extends StringQuotingChecker.Default {
        private static final long serialVersionUID = 1L;
        private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_.-]*");
        private static final Pattern VALUE = Pattern.compile(
                "[\\p{L}_/]|[\\p{L}_/][\\p{L}\\p{N}_.,;:()/+*=?!$'@% -]*[\\p{L}\\p{N}_.,;()/+*=?!$'@%-]");

        @Override
        public boolean needToQuoteName(String name) {
            return !NAME.matcher(name).matches() || super.needToQuoteName(name);
        }

        @Override
        public boolean needToQuoteValue(String value) {
            return !VALUE.matcher(value).matches() || value.contains(": ") || super.needToQuoteValue(value);
        }
    }
}
