package dev.agentplatform.workflow.dsl;

import java.util.List;

/**
 * One key of a node's config.
 *
 * @param name a name that ends in {@code _json} is also accepted without it
 * @param allowed the values a text may have; empty: any
 * @param least the smallest number allowed
 * @param most the largest number allowed
 */
public record ConfigField(
        String name, Kind kind, boolean required, List<String> allowed, double least, double most, String doc) {
    private static final String JSON_SUFFIX = "_json";

    public enum Kind {
        /** A string that is taken as it stands: source code, a fixed word. */
        TEXT,
        /** A string with holes. */
        TEMPLATE,
        /** A condition. */
        EXPRESSION,
        NUMBER,
        WHOLE_NUMBER,
        BOOLEAN,
        /** An object whose strings are templates, or one template that gives it. */
        OBJECT,
        /** A list whose strings are templates, or one template that gives it. */
        LIST,
        /** Any JSON; its strings are templates. */
        ANY,
        /** A list of {@code {route, expression}}. */
        CASES,
        /** {@code {type, config}}: a node inside a node. */
        NODE,
        /** {@code {nodes, edges}}: a workflow inside a node. */
        BODY;

        /** Whether strings in a value of this kind are templates. */
        public boolean hasTemplates() {
            return switch (this) {
                case TEMPLATE, NUMBER, WHOLE_NUMBER, BOOLEAN, OBJECT, LIST, ANY -> true;
                case TEXT, EXPRESSION, CASES, NODE, BODY -> false;
            };
        }
    }

    public ConfigField {
        allowed = List.copyOf(allowed);
    }

    public static ConfigField of(String name, Kind kind, String doc) {
        return new ConfigField(name, kind, false, List.of(), -Double.MAX_VALUE, Double.MAX_VALUE, doc);
    }

    public static ConfigField required(String name, Kind kind, String doc) {
        return new ConfigField(name, kind, true, List.of(), -Double.MAX_VALUE, Double.MAX_VALUE, doc);
    }

    public static ConfigField number(String name, Kind kind, double least, double most, String doc) {
        return new ConfigField(name, kind, false, List.of(), least, most, doc);
    }

    public static ConfigField oneOf(String name, List<String> allowed, String doc) {
        return new ConfigField(name, Kind.TEMPLATE, false, allowed, -Double.MAX_VALUE, Double.MAX_VALUE, doc);
    }

    /** The name without {@code _json}, which is accepted, too; the name itself when it has no such end. */
    public String shortName() {
        return name.endsWith(JSON_SUFFIX) ? name.substring(0, name.length() - JSON_SUFFIX.length()) : name;
    }
}
