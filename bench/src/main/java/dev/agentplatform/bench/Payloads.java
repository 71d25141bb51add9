package dev.agentplatform.bench;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.JsonNode;

/** What goes into a run and comes out of its steps: the sizes that all durable-run measurements share. */
final class Payloads {
    static final int INPUT_BYTES = 300;
    static final int OUTPUT_BYTES = 200;

    static final String INPUT = fill("{\"task\":\"bench\",\"payload\":\"", INPUT_BYTES);

    private Payloads() {}

    static String outputText(int step) {
        return fill("{\"step\":" + step + ",\"text\":\"", OUTPUT_BYTES);
    }

    static JsonNode output(int step) {
        return Json.parse(outputText(step));
    }

    private static String fill(String start, int bytes) {
        StringBuilder text = new StringBuilder(start);
        while (text.length() < bytes - 2) text.append((char) ('a' + text.length() % 26));
        return text.append("\"}").toString();
    }
}
