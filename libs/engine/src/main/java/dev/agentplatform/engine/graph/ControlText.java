package dev.agentplatform.engine.graph;

import dev.agentplatform.engine.graph.Control.Phase;
import dev.agentplatform.kernel.Json;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * Control as JSON, for {@code task.state}. Written by hand because it is written at every unit: a tree and
 * a mapper cost several times as much.
 */
public final class ControlText {
    private ControlText() {}

    public static String write(Control control) {
        StringBuilder out = new StringBuilder(256);
        out.append("{\"n\":").append(control.nextNo);
        out.append(",\"p\":").append(control.phase.ordinal());
        if (control.begun) out.append(",\"b\":1");
        out.append(",\"o\":[");
        boolean first = true;
        for (OpenStep step : control.open.values()) {
            if (!first) out.append(',');
            first = false;
            write(out, step);
        }
        out.append("],\"e\":\"");
        for (byte edge : control.edges) out.append((char) ('0' + edge));
        out.append('"');
        numbers(out, "i", control.iterations);
        numbers(out, "l", control.latest);
        bits(out, "f", control.fired);
        if (!control.reentries.isEmpty()) bits(out, "r", control.reentries);
        if (!control.stopped.isEmpty()) numbers(out, "s", control.stopped);
        if (!control.compensable.isEmpty()) numbers(out, "c", control.compensable);
        if (control.resultNo > 0) {
            out.append(",\"rn\":").append(control.resultNo);
            out.append(",\"rr\":").append(control.resultRank);
        }
        if (control.failedNode >= 0) out.append(",\"fn\":").append(control.failedNode);
        if (control.code != null) out.append(",\"fc\":").append(quoted(control.code));
        if (control.endAs != null) out.append(",\"as\":").append(control.endAs.ordinal());
        if (control.compensated) out.append(",\"cd\":1");
        return out.append('}').toString();
    }

    /** @throws IllegalArgumentException when the text does not fit the graph */
    public static Control read(JsonNode json, Graph graph) {
        Control control = new Control(graph);
        control.nextNo = json.get("n").asInt();
        control.phase = Phase.values()[json.get("p").asInt()];
        control.begun = json.has("b");
        for (JsonNode step : json.get("o")) {
            OpenStep open = step(step);
            control.open.put(open.no(), open);
        }
        String edges = json.get("e").asString();
        if (edges.length() != control.edges.length) {
            throw new IllegalArgumentException(
                    "state has " + edges.length() + " edges, the graph has " + control.edges.length);
        }
        for (int i = 0; i < edges.length(); i++) control.edges[i] = (byte) (edges.charAt(i) - '0');
        fill(json.get("i"), control.iterations);
        fill(json.get("l"), control.latest);
        control.fired = bits(json.get("f"));
        control.reentries = bits(json.get("r"));
        control.stopped = numbers(json.get("s"));
        control.compensable = numbers(json.get("c"));
        if (json.has("rn")) {
            control.resultNo = json.get("rn").asInt();
            control.resultRank = json.get("rr").asInt();
        }
        if (json.has("fn")) control.failedNode = json.get("fn").asInt();
        if (json.has("fc")) control.code = json.get("fc").asString();
        if (json.has("as")) control.endAs = RunStatus.values()[json.get("as").asInt()];
        control.compensated = json.has("cd");
        return control;
    }

    private static void write(StringBuilder out, OpenStep step) {
        out.append('[').append(step.no()).append(',').append(step.node());
        out.append(',').append(step.firstNo()).append(',').append(step.iteration());
        out.append(',').append(step.attempt()).append(',').append(step.status().ordinal());
        out.append(',').append(step.started()).append(',').append(step.due());
        if (step.on() != null || step.heldBy() != null) {
            out.append(',').append(step.on() == null ? "null" : quoted(step.on()));
            out.append(',').append(step.heldBy() == null ? "null" : quoted(step.heldBy()));
            if (step.note() != null) out.append(',').append(step.note());
        }
        out.append(']');
    }

    private static OpenStep step(JsonNode step) {
        boolean waits = step.size() > 8;
        return new OpenStep(
                step.get(0).asInt(),
                step.get(1).asInt(),
                step.get(2).asInt(),
                step.get(3).asInt(),
                step.get(4).asInt(),
                StepStatus.values()[step.get(5).asInt()],
                step.get(6).asLong(),
                step.get(7).asLong(),
                waits && !step.get(8).isNull() ? step.get(8).asString() : null,
                step.size() > 10 ? Json.write(step.get(10)) : null,
                waits && !step.get(9).isNull() ? step.get(9).asString() : null);
    }

    private static String quoted(String text) {
        return Json.write(Json.text(text));
    }

    private static void numbers(StringBuilder out, String name, int[] numbers) {
        out.append(",\"").append(name).append("\":[");
        for (int i = 0; i < numbers.length; i++) {
            if (i > 0) out.append(',');
            out.append(numbers[i]);
        }
        out.append(']');
    }

    private static void numbers(StringBuilder out, String name, List<Integer> numbers) {
        numbers(out, name, numbers.stream().mapToInt(Integer::intValue).toArray());
    }

    private static void bits(StringBuilder out, String name, BitSet bits) {
        numbers(out, name, bits.stream().toArray());
    }

    private static void fill(JsonNode from, int[] to) {
        for (int i = 0; i < to.length; i++) to[i] = from.get(i).asInt();
    }

    private static BitSet bits(JsonNode from) {
        BitSet bits = new BitSet();
        if (from != null) for (JsonNode bit : from) bits.set(bit.asInt());
        return bits;
    }

    private static List<Integer> numbers(JsonNode from) {
        List<Integer> numbers = new ArrayList<>();
        if (from != null) for (JsonNode number : from) numbers.add(number.asInt());
        return numbers;
    }
}
