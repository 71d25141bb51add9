package dev.agentplatform.language;

import java.util.HashMap;
import java.util.Map;

/** The functions of the language. {@code x.name(y)} is the same call as {@code name(x, y)}. */
enum Function {
    SIZE(1, 1, "size", "length"),
    LOWER(1, 1, "lower"),
    UPPER(1, 1, "upper"),
    TRIM(1, 1, "trim"),
    STARTS_WITH(2, 2, "startsWith", "starts_with"),
    ENDS_WITH(2, 2, "endsWith", "ends_with"),
    CONTAINS(2, 2, "contains"),
    MATCHES(2, 2, "matches"),
    SUBSTRING(2, 3, "substring"),
    REPLACE(3, 3, "replace"),
    SPLIT(2, 2, "split"),
    JOIN(1, 2, "join"),
    INT(1, 1, "int"),
    DOUBLE(1, 1, "double", "number"),
    STRING(1, 1, "string"),
    BOOL(1, 1, "bool"),
    ABS(1, 1, "abs"),
    MIN(1, 100, "min"),
    MAX(1, 100, "max"),
    ROUND(1, 2, "round"),
    FLOOR(1, 1, "floor"),
    CEIL(1, 1, "ceil"),
    HAS(1, 1, "has", "exists"),
    DEFAULT(2, 2, "default");

    private static final Map<String, Function> BY_NAME = new HashMap<>();

    static {
        for (Function function : values()) {
            BY_NAME.put(function.name, function);
            if (function.alias != null) BY_NAME.put(function.alias, function);
        }
    }

    final int argumentsMin;
    final int argumentsMax;
    private final String name;
    private final String alias;

    Function(int argumentsMin, int argumentsMax, String name) {
        this(argumentsMin, argumentsMax, name, null);
    }

    Function(int argumentsMin, int argumentsMax, String name, String alias) {
        this.argumentsMin = argumentsMin;
        this.argumentsMax = argumentsMax;
        this.name = name;
        this.alias = alias;
    }

    /** The function of that name, or null. */
    static Function named(String name) {
        return BY_NAME.get(name);
    }

    String title() {
        return name + "()";
    }

    String arity() {
        String many = argumentsMin == argumentsMax ? "" + argumentsMin : argumentsMin + " to " + argumentsMax;
        return many.equals("1") ? "1 argument" : many + " arguments";
    }
}
