package dev.agentplatform.language;

import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON tree whose strings are templates, parsed once and resolved many times. Parts without holes are
 * shared between all results and the tree given: treat results as values, do not change them. Names of
 * object members are never templates.
 */
public final class CompiledTree {
    private final Node root;
    private final Paths paths;

    private CompiledTree(Node root, Paths paths) {
        this.root = root;
        this.paths = paths;
    }

    private sealed interface Node {}

    private record Constant(JsonNode value, long size) implements Node {}

    private record Hole(Template template) implements Node {}

    private record ObjectOf(List<Map.Entry<String, Node>> members) implements Node {}

    private record ListOf(List<Node> items) implements Node {}

    /** Throws {@link LanguageError} for the first string that does not parse; its message names the path. */
    public static CompiledTree parse(JsonNode tree) {
        return parse(tree, (path, error) -> {
            String place = path.isEmpty() ? "" : path + ": ";
            throw new LanguageError(place + error.getMessage(), error.position());
        });
    }

    /**
     * Tells {@code faults} of every string that does not parse, by its dotted path ({@code body.items.0}), and
     * keeps it as it is. An error that belongs to the whole tree (1,048,576 characters, 100 levels) has the
     * path {@code ""}.
     */
    public static CompiledTree parse(JsonNode tree, BiConsumer<String, LanguageError> faults) {
        try {
            Values.measure(tree, Budget.TEXT_MAX);
        } catch (EvaluationError tooLarge) {
            faults.accept("", new LanguageError(tooLarge.getMessage(), 0));
            return new CompiledTree(new Constant(Json.nothing(), 0), new Paths());
        }
        Compiler compiler = new Compiler(faults);
        Node root = compiler.compile(tree, "");
        return new CompiledTree(root, compiler.paths);
    }

    /**
     * The tree with every template resolved as {@link Template#resolve} does. Throws {@link EvaluationError}
     * also when the result has more than 1,048,576 characters of JSON or 100 levels.
     */
    public JsonNode resolve(Scope scope) {
        if (root instanceof Constant constant) return constant.value();
        return new Resolution(scope).resolve(root, 0);
    }

    /** Whether there is nothing to resolve. */
    public boolean isConstant() {
        return root instanceof Constant;
    }

    /** The first names of all paths in all templates. */
    public Set<String> roots() {
        return paths.roots();
    }

    /** The names that follow {@code root} in all templates. */
    public Set<String> members(String root) {
        return paths.members(root);
    }

    /** All paths of all templates, with dots between their segments. */
    public Set<String> paths() {
        return paths.dotted();
    }

    private static final class Compiler {
        private final BiConsumer<String, LanguageError> faults;
        private final Paths paths = new Paths();

        Compiler(BiConsumer<String, LanguageError> faults) {
            this.faults = faults;
        }

        Node compile(JsonNode tree, String path) {
            if (tree.isString()) return text(tree, path);
            if (tree.isObject()) return object(tree, path);
            if (tree.isArray()) return list(tree, path);
            return constant(tree);
        }

        private Node text(JsonNode text, String path) {
            if (!Template.hasHoles(text.stringValue())) return constant(text);
            try {
                Template template = Template.parse(text.stringValue());
                paths.addAll(template.allPaths());
                return new Hole(template);
            } catch (LanguageError wrong) {
                faults.accept(path, wrong);
                return constant(text);
            }
        }

        private Node object(JsonNode object, String path) {
            List<Map.Entry<String, Node>> members = new ArrayList<>(object.size());
            boolean constant = true;
            for (Map.Entry<String, JsonNode> member : object.properties()) {
                Node node = compile(member.getValue(), below(path, member.getKey()));
                members.add(Map.entry(member.getKey(), node));
                constant &= node instanceof Constant;
            }
            return constant ? constant(object) : new ObjectOf(List.copyOf(members));
        }

        private Node list(JsonNode list, String path) {
            List<Node> items = new ArrayList<>(list.size());
            boolean constant = true;
            for (int i = 0; i < list.size(); i++) {
                Node node = compile(list.get(i), below(path, String.valueOf(i)));
                items.add(node);
                constant &= node instanceof Constant;
            }
            return constant ? constant(list) : new ListOf(List.copyOf(items));
        }

        private static Node constant(JsonNode value) {
            return new Constant(value, Values.measure(value, Budget.TEXT_MAX));
        }

        private static String below(String path, String name) {
            return path.isEmpty() ? name : path + "." + name;
        }
    }

    /** One pass over the tree: one budget, and the size of everything that went into the result. */
    private static final class Resolution {
        private final Scope scope;
        private final Budget budget = new Budget();
        private long size;

        Resolution(Scope scope) {
            this.scope = scope;
        }

        JsonNode resolve(Node node, int depth) {
            return switch (node) {
                case Constant constant -> {
                    grow(constant.size());
                    yield constant.value();
                }
                case Hole hole -> {
                    JsonNode value = hole.template().resolve(scope, budget);
                    grow(Values.measure(value, Budget.TEXT_MAX, depth));
                    yield value;
                }
                case ObjectOf object -> {
                    ObjectNode result = Json.object();
                    for (Map.Entry<String, Node> member : object.members()) {
                        grow(member.getKey().length() + 4L);
                        result.set(member.getKey(), resolve(member.getValue(), depth + 1));
                    }
                    yield result;
                }
                case ListOf list -> {
                    ArrayNode result = Json.array();
                    for (Node item : list.items()) result.add(resolve(item, depth + 1));
                    yield result;
                }
            };
        }

        private void grow(long by) {
            size += by;
            Budget.checkLength(size);
        }
    }
}
