package dev.agentplatform.bench.harness;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** One line of figures, printed for machines ({@code RESULT} and a JSON object) and for people. */
public final class Result {
    private final Map<String, String> fields = new LinkedHashMap<>();

    public Result(String bench) {
        put("bench", bench);
    }

    /** Words of ours only: nothing is escaped. */
    public Result put(String name, String value) {
        fields.put(name, "\"" + value + "\"");
        return this;
    }

    public Result put(String name, long value) {
        fields.put(name, Long.toString(value));
        return this;
    }

    /** Rounded to what can be told apart; not a number becomes null. */
    public Result put(String name, double value) {
        if (Double.isNaN(value)) fields.put(name, "null");
        else fields.put(name, String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.1f" : "%.3f", value));
        return this;
    }

    public Result put(String prefix, Latencies latencies) {
        return put(prefix + "_p50_ms", latencies.ms(0.5)).put(prefix + "_p99_ms", latencies.ms(0.99));
    }

    public void print() {
        System.out.println("RESULT {"
                + fields.entrySet().stream()
                        .map(field -> "\"" + field.getKey() + "\":" + field.getValue())
                        .collect(Collectors.joining(","))
                + "}");
        System.out.println(fields.entrySet().stream()
                .map(field -> field.getKey() + " " + field.getValue().replace("\"", ""))
                .collect(Collectors.joining(", ", "  ", "")));
    }
}
