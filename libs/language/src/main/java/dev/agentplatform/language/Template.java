package dev.agentplatform.language;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * Text with holes: {@code Hello {{input.name}}, that is {{ state.price * 2 }}}. A hole is any {@link
 * Expression}; a hole that is nothing but a path may have hyphens in its names ({@code {{state.user-name}}}).
 *
 * <p>A missing or null value renders empty, lists and objects render as compact JSON. Literal braces are
 * written as a hole that holds them: {@code {{ '{{' }}}. A single brace and closing braces need nothing.
 */
public final class Template {
    private final String source;
    private final List<Piece> pieces;
    private final Paths paths = new Paths();

    private Template(String source, List<Piece> pieces) {
        this.source = source;
        this.pieces = pieces;
        for (Piece piece : pieces) {
            if (piece instanceof Hole hole) paths.add(hole.term());
        }
    }

    private sealed interface Piece {}

    private record Text(String text) implements Piece {}

    /** {@code quoted}: read as JSON, the hole stands inside a string. */
    private record Hole(Term term, boolean quoted) implements Piece {}

    /** Throws {@link LanguageError}. At most 1,048,576 characters, and 10,000 for one hole. */
    public static Template parse(String source) {
        if (source.length() > Budget.TEXT_MAX) {
            throw new LanguageError("the template is longer than " + Budget.TEXT_MAX + " characters", Budget.TEXT_MAX);
        }
        List<Piece> pieces = new ArrayList<>();
        JsonStringState json = new JsonStringState();
        int at = 0;
        for (int open = nextHole(source, 0); open >= 0; open = nextHole(source, at)) {
            if (open > at) pieces.add(new Text(source.substring(at, open)));
            json.read(source, at, open);
            Parser.Parsed hole = hole(source, open);
            pieces.add(new Hole(hole.term(), json.inString));
            at = hole.end();
        }
        if (at < source.length()) pieces.add(new Text(source.substring(at)));
        return new Template(source, List.copyOf(pieces));
    }

    /** Whether a text has holes at all; one without is its own value. */
    public static boolean hasHoles(String text) {
        return text.contains("{{");
    }

    /** Of three braces the first is text: <code>{"a":{{{x}}:1}}</code>. */
    private static int nextHole(String source, int from) {
        int open = source.indexOf("{{", from);
        boolean three = open >= 0 && source.startsWith("{{{", open) && !source.startsWith("{{{{", open);
        return three ? open + 1 : open;
    }

    private static Parser.Parsed hole(String source, int open) {
        if (source.indexOf("}}", open + 2) < 0) {
            throw LanguageError.at(source, open, "'{{' is not closed (write {{ '{{' }} for the braces themselves)");
        }
        return Parser.parseHole(source, open + 2);
    }

    /** The rendered text. Throws {@link EvaluationError} as expressions do, and beyond 1,048,576 characters. */
    public String render(Scope scope) {
        return render(scope, new Budget());
    }

    /**
     * A template that is one single hole gives the hole's value with its type, and {@code ""} when it is
     * missing; any other gives its text.
     */
    public JsonNode resolve(Scope scope) {
        return resolve(scope, new Budget());
    }

    JsonNode resolve(Scope scope, Budget budget) {
        if (pieces.size() != 1 || !(pieces.getFirst() instanceof Hole hole)) return Values.of(render(scope, budget));
        JsonNode value = new Evaluation(scope, budget).value(hole.term());
        if (value.isMissingNode()) return Values.of("");
        Values.measure(value, Budget.TEXT_MAX);
        return value;
    }

    private String render(Scope scope, Budget budget) {
        Evaluation evaluation = new Evaluation(scope, budget);
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            text.append(
                    switch (piece) {
                        case Text literal -> literal.text();
                        case Hole hole -> Values.text(evaluation.value(hole.term()), budget);
                    });
            Budget.checkLength(text.length());
        }
        return text.toString();
    }

    /**
     * The value when the template is JSON after rendering, else its text.
     *
     * <p>User data cannot break the document: inside a JSON string a value is escaped; outside of one it is
     * one JSON value (text that is JSON itself is taken as it stands, other text becomes a string, a missing
     * value null). A single hole keeps its type, and text in it that is a JSON object or list is read.
     */
    public JsonNode renderJson(Scope scope) {
        JsonNode whole = resolve(scope);
        if (!whole.isString()) return whole;
        if (pieces.size() == 1 && pieces.getFirst() instanceof Hole) {
            JsonNode read = readJson(whole.stringValue());
            return read != null && read.isContainer() ? read : whole;
        }
        String text = jsonText(scope);
        JsonNode read = readJson(text);
        return read == null ? whole : read;
    }

    private String jsonText(Scope scope) {
        Budget budget = new Budget();
        Evaluation evaluation = new Evaluation(scope, budget);
        StringBuilder json = new StringBuilder();
        for (Piece piece : pieces) {
            json.append(
                    switch (piece) {
                        case Text literal -> literal.text();
                        case Hole(Term term, boolean quoted)
                        when quoted -> escaped(Values.text(evaluation.value(term), budget));
                        case Hole(Term term, boolean quoted) -> standing(evaluation.value(term), budget);
                    });
            Budget.checkLength(json.length());
        }
        return json.toString();
    }

    private static String escaped(String text) {
        String quoted = Json.write(Values.of(text));
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String standing(JsonNode value, Budget budget) {
        if (Json.isNothing(value)) return "null";
        String text = Values.text(value, budget);
        return value.isString() && readJson(text) == null ? Json.write(value) : text;
    }

    /** The JSON that a text is, or null when it is none. Most texts show with their first character. */
    private static JsonNode readJson(String text) {
        String stripped = text.strip();
        if (stripped.isEmpty() || "{[\"-0123456789tfn".indexOf(stripped.charAt(0)) < 0) return null;
        try {
            JsonNode read = Json.parse(stripped);
            Values.measure(read, Budget.TEXT_MAX);
            return read;
        } catch (IllegalArgumentException notJson) {
            return null;
        }
    }

    /** Renders every string inside {@code tree}; {@link CompiledTree} does the same many times, quickly. */
    public static JsonNode resolveTree(JsonNode tree, Scope scope) {
        return CompiledTree.parse(tree).resolve(scope);
    }

    /** The first names of all paths; holds {@code secrets} when the template touches a secret. */
    public Set<String> roots() {
        return paths.roots();
    }

    /** The names that follow {@code root}: the node ids for {@code nodes}, the secret names for {@code secrets}. */
    public Set<String> members(String root) {
        return paths.members(root);
    }

    /** All paths with dots between their segments; a computed index ends a path. */
    public Set<String> paths() {
        return paths.dotted();
    }

    Paths allPaths() {
        return paths;
    }

    public String source() {
        return source;
    }

    @Override
    public String toString() {
        return source;
    }

    /** Follows the quotes of JSON through the literal parts of a template. */
    private static final class JsonStringState {
        private boolean inString;

        void read(String source, int start, int end) {
            boolean escaped = false;
            for (int i = start; i < end; i++) {
                char c = source.charAt(i);
                if (escaped) escaped = false;
                else if (c == '\\' && inString) escaped = true;
                else if (c == '"') inString = !inString;
            }
        }
    }
}
