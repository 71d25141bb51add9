package dev.agentplatform.app.client;

import dev.agentplatform.app.client.ApiClient.Event;
import dev.agentplatform.kernel.Json;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import tools.jackson.databind.JsonNode;

/** Prints what happens, a line each: time, run, node, what. Coloured on a terminal. Any thread may print. */
public final class EventLines {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneId.systemDefault());
    private static final int TEXT_MAX = 72;
    /** Nodes of these types only lead the way; in the short form nobody wants to see them. */
    private static final Set<String> WAYS = Set.of("start", "end", "join");

    private final PrintWriter out;
    private final Ansi ansi;
    private final boolean all;

    /** @param all false leaves out what a visitor does not miss: queued and skipped nodes, starts, ends, joins */
    public EventLines(PrintWriter out, Ansi ansi, boolean all) {
        this.out = out;
        this.ansi = ansi;
        this.all = all;
    }

    public void print(String run, Event event) {
        JsonNode json = event.json();
        if (!all && !interesting(event)) return;
        String time = json.path("event_time").asString("");
        Instant instant = time.isEmpty() ? Instant.EPOCH : Instant.parse(time);
        print(instant, run, json.path("node_id").asString(""), what(event), colour(event));
    }

    /** @param colour a style of picocli: green, red, yellow, cyan, bold, faint */
    public void print(Instant time, String run, String node, String what, String colour) {
        String place = "%-14s %-12s ".formatted(run, node);
        line(styled("faint", TIME.format(time)) + "  " + place + styled(colour, what));
    }

    /** A line of its own, as it is. */
    public synchronized void line(String text) {
        out.println(text);
        out.flush();
    }

    /** The text in a style of picocli, plain where there are no colours. */
    public String styled(String style, String text) {
        return ansi.enabled() ? Style.on(Style.parse(style)) + text + Style.reset.on() : text;
    }

    private static boolean interesting(Event event) {
        return switch (event.type()) {
            case "run.created", "run.waiting", "step.queued", "step.skipped" ->
                event.json().path("due_time").isString();
            default -> !WAYS.contains(event.json().path("node_type").asString(""));
        };
    }

    private static String what(Event event) {
        JsonNode json = event.json();
        int attempt = json.path("attempt").asInt(1);
        String again = attempt > 1 ? " (attempt " + attempt + ")" : "";
        return switch (event.type()) {
            case "step.queued" -> "waits until " + clock(json.path("due_time").asString(""));
            case "step.started" -> "started" + again;
            case "step.restarted" -> "started again after the restart, under the same idempotency key";
            case "step.waiting" -> "waits for " + reason(json.path("on").asString(""));
            case "step.completed" -> "completed" + again + shown(json);
            case "step.failed" ->
                "failed" + again + ": " + json.path("error_code").asString("")
                        + (json.path("will_retry").asBoolean(false) ? ", will try again" : "");
            case "run.completed" -> "run completed";
            case "run.failed" -> "run failed: " + json.path("error_code").asString("") + compensated(json);
            default -> event.type().replace('.', ' ').replace('_', ' ');
        };
    }

    private static String clock(String time) {
        return time.isEmpty() ? "it is its turn" : TIME.format(Instant.parse(time));
    }

    private static String reason(String on) {
        return switch (on) {
            case "human" -> "a person";
            case "child" -> "its items";
            case "time" -> "its time";
            default -> "a " + on;
        };
    }

    private static String compensated(JsonNode json) {
        return json.path("compensated").asBoolean(false) ? ", compensated" : "";
    }

    private static String shown(JsonNode json) {
        JsonNode output = json.path("output_json");
        JsonNode route = output.path("route");
        if (route.isString()) return " -> " + route.stringValue();
        if (output.path("status_code").isNumber()) {
            JsonNode body = output.path("body");
            return ": " + output.path("status_code").asInt() + " "
                    + shortened(Json.isNothing(body) ? "" : body.toString());
        }
        if (output.has("human_task_id")) return " -> " + output.path("status").asString("");
        if (output.has("waited_until_time")) return "";
        String text = json.path("output_text").asString(Json.isNothing(output) ? "" : output.toString());
        return text.isEmpty() ? "" : ": " + shortened(text);
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.codePointCount(0, line.length()) <= TEXT_MAX
                ? line
                : line.substring(0, line.offsetByCodePoints(0, TEXT_MAX)) + "...";
    }

    private static String colour(Event event) {
        return switch (event.type()) {
            case "step.completed" -> "green";
            case "run.completed" -> "bold";
            case "step.failed", "run.failed" -> "red";
            case "step.waiting", "step.queued", "step.restarted" -> "yellow";
            case "step.started", "run.started" -> "cyan";
            default -> "faint";
        };
    }
}
