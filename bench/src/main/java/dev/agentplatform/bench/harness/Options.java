package dev.agentplatform.bench.harness;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Options of a measurement, each {@code name=value}. A name that nobody asks for is an error, not a surprise. */
public final class Options {
    private final Map<String, String> values;
    private final Set<String> asked = new HashSet<>();

    private Options(Map<String, String> values) {
        this.values = values;
    }

    public static Options parse(List<String> arguments) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals <= 0) throw new IllegalArgumentException("'" + argument + "' is not name=value");
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        return new Options(values);
    }

    public String text(String name, String otherwise) {
        asked.add(name);
        return values.getOrDefault(name, otherwise);
    }

    public int number(String name, int otherwise) {
        return Integer.parseInt(text(name, Integer.toString(otherwise)));
    }

    /** Values separated by commas. */
    public List<String> list(String name, String otherwise) {
        return List.of(text(name, otherwise).split(","));
    }

    /** To be called when all options were read. */
    public void complete() {
        Set<String> unknown = new HashSet<>(values.keySet());
        unknown.removeAll(asked);
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown options " + unknown + "; there are " + asked);
        }
    }
}
