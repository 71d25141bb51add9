package dev.agentplatform.language;

import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * A condition or computation: {@code nodes.check.output.score >= 0.8 and not (state.tags contains "spam")}.
 *
 * <ul>
 *   <li>Values: numbers, {@code 'text'} or {@code "text"}, {@code true false null}, lists {@code [1, 2]}.
 *   <li>Paths: {@code nodes.a.output.items.0.title}, {@code state["two words"]}, {@code items[state.n]}. A
 *       path that leads nowhere is null. The node id after {@code nodes.} may hold hyphens.
 *   <li>From loose to tight: {@code ? :}, {@code || or}, {@code && and}, {@code not}, {@code == != < <= > >= in
 *       contains}, {@code + -}, {@code * / %}, {@code ! -}. Also {@code not in} and {@code not contains}.
 *   <li>Functions: size length lower upper trim startsWith endsWith contains matches substring replace split
 *       join int double number string bool abs min max round floor ceil has exists default;
 *       {@code x.size()} is {@code size(x)}.
 *   <li>Equality is by value, numbers numerically. {@code < >} of null or of different types is false. False,
 *       null, 0, {@code ""} and empty lists and objects count as false.
 *   <li>{@code +} with a text concatenates, with two lists joins. Whole numbers are exact; a division with a
 *       rest gives a decimal.
 *   <li>{@code matches} finds its pattern (RE2 syntax) anywhere in the text.
 * </ul>
 *
 * <p>CEL was the model and is not the engine: here a missing path must be null and not an error, conditions
 * are written with {@code and}, {@code or}, {@code not} and {@code contains}, and start-up must stay small.
 */
public final class Expression {
    private final String source;
    private final Term term;
    private final Paths paths = new Paths();

    private Expression(String source, Term term) {
        this.source = source;
        this.term = term;
        paths.add(term);
    }

    /** Throws {@link LanguageError}. At most 10,000 characters and 100 levels. */
    public static Expression parse(String source) {
        return new Expression(source, Parser.parse(source));
    }

    /**
     * The value, a null node when there is none. It may be a part of the scope: do not change it. Throws
     * {@link EvaluationError} on a division by zero, an operator or function on values of a wrong type, and
     * beyond 100,000 steps or 1,048,576 characters of text.
     */
    public JsonNode evaluate(Scope scope) {
        return Evaluation.plain(new Evaluation(scope, new Budget()).value(term));
    }

    /** Whether the value counts as true; errors as in {@link #evaluate}. */
    public boolean test(Scope scope) {
        return Values.truthy(evaluate(scope));
    }

    /** The first names of all paths: {@code input}, {@code nodes}. */
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

    public String source() {
        return source;
    }

    @Override
    public String toString() {
        return source;
    }
}
