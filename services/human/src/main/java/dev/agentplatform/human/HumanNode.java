package dev.agentplatform.human;

import dev.agentplatform.engine.Arrival;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.human.HumanTask.Question;
import dev.agentplatform.human.HumanTask.Status;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.store.RowWrite;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code human, approval, human-input, human-takeover}: asks a person and waits, holding nothing.
 *
 * <p>Config: {@code title, assigned_to, request_payload_json (request, prompt), form_schema_json (form),
 * due_time | due_in_seconds | timeout_seconds, on_timeout}. The answer gives {@code {status, response,
 * human_task_id, completed_by}} and the route {@code approved}, {@code rejected} or {@code completed}. A
 * graph without an edge for that route (and without {@code else}) takes only its plain edges.
 *
 * <p>When the time is up, {@code on_timeout} decides: {@code fail} (as {@code human_timeout}, by default),
 * {@code approve}, {@code reject}, or {@code route} (the route {@code timeout}).
 */
public final class HumanNode implements NodeType {
    private static final int TITLE_LENGTH_MAX = 500;
    private static final Set<String> TASK_TYPES = Set.of("approval", "input", "takeover", "pause", "resume");

    private static final Pattern SECONDS = Pattern.compile("\\d{1,10}(\\.\\d{1,3})?");

    private final String name;
    private final Outbox outbox;

    /** @param name one of the four */
    public HumanNode(String name, Outbox outbox) {
        this.name = name;
        this.outbox = outbox;
    }

    /** One type for each of the four names. */
    public static List<NodeType> all(Outbox outbox) {
        return List.of(
                new HumanNode("human", outbox),
                new HumanNode("approval", outbox),
                new HumanNode("human-input", outbox),
                new HumanNode("human-takeover", outbox));
    }

    /** What to do when nobody answered in time. */
    enum OnTimeout {
        FAIL,
        APPROVE,
        REJECT,
        ROUTE
    }

    @Override
    public String name() {
        return name;
    }

    /** Asking is a row in the step's own unit. */
    @Override
    public boolean effect() {
        return false;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        CompiledTree tree = CompiledTree.parse(config);
        // People read the task, and nothing masks it.
        if (tree.roots().contains("secrets")) throw Problem.invalid("config", "must not show secrets to people");
        return new Asking(name, outbox, tree, onTimeout(config));
    }

    private static OnTimeout onTimeout(JsonNode config) {
        String word = text(config, "on_timeout");
        try {
            return word.isEmpty() ? OnTimeout.FAIL : OnTimeout.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw Problem.invalid("on_timeout", "must be fail, approve, reject or route");
        }
    }

    private record Asking(String type, Outbox outbox, CompiledTree config, OnTimeout onTimeout) implements NodeWork {
        @Override
        public Outcome execute(NodeContext context) {
            Question question = question(type, config.resolve(context.scope()), context);
            HumanTask task = HumanTask.open(
                    taskId(context.stepId()),
                    context.run().workspaceId(),
                    context.run().id().toString(),
                    context.no(),
                    context.stepId().toString(),
                    question,
                    context.now());
            ObjectNode note = Json.object().put("human_task_id", task.id().toString());
            List<RowWrite> rows = new ArrayList<>();
            rows.add(HumanTaskTable.insert(task));
            rows.addAll(outbox.rows(HumanTasks.event(context.ids().next(), "human_task.created", task, context.now())));
            return new Outcome.Wait("human", question.dueTime(), note, List.of(), rows);
        }

        @Override
        public Outcome resume(NodeContext context, Arrival arrival) {
            return switch (arrival) {
                case Arrival.Answer answer -> answered(answer.body());
                case Arrival.TimeUp timeUp -> timeUp(context);
                default -> throw new IllegalStateException("a human node waits for an answer only");
            };
        }

        @Override
        public List<RowWrite> abandoned(NodeContext context) {
            return List.of(withdraw(context, Status.CANCELLED));
        }

        private Outcome timeUp(NodeContext context) {
            List<RowWrite> rows = List.of(withdraw(context, Status.EXPIRED));
            return switch (onTimeout) {
                case FAIL ->
                    new Outcome.Fail(
                            "human_timeout", "Nobody answered in time.", false, Json.nothing(), Json.nothing(), rows);
                case APPROVE -> done(expired(context, "approved"), "approved", rows);
                case REJECT -> done(expired(context, "rejected"), "rejected", rows);
                case ROUTE -> done(expired(context, "expired"), "timeout", rows);
            };
        }
    }

    private static Outcome answered(JsonNode body) {
        String status = body.path("status").asString();
        if (status.equals(Status.CANCELLED.word())) {
            return Outcome.fail("human_task_cancelled", "The task was withdrawn.");
        }
        return done(body, status, List.of());
    }

    private static Outcome done(JsonNode output, String route, List<RowWrite> rows) {
        JsonNode response = output.path("response");
        JsonNode words = response.isObject() ? response.path("text") : response;
        String text = words.isString() ? words.stringValue() : null;
        return new Outcome.Done(output, text, route, null, Json.nothing(), rows);
    }

    private static ObjectNode expired(NodeContext context, String status) {
        ObjectNode output = Json.object();
        output.put("status", status);
        output.set("response", Json.nothing());
        output.set("human_task_id", context.note().path("human_task_id"));
        output.put("completed_by", (String) null);
        output.put("timed_out", true);
        return output;
    }

    private static RowWrite withdraw(NodeContext context, Status as) {
        UUID task = taskId(context.stepId());
        return HumanTaskTable.withdraw(context.run().workspaceId(), task, as, context.now());
    }

    /** The step's id with some bits turned: one task per step, however often its turn is repeated. */
    static UUID taskId(UUID stepId) {
        return new UUID(stepId.getMostSignificantBits(), stepId.getLeastSignificantBits() ^ 0x0048_554D_4100_0000L);
    }

    private static Question question(String type, JsonNode config, NodeContext context) {
        String title = text(config, "title");
        if (title.isEmpty()) title = context.nodeId();
        if (title.length() > TITLE_LENGTH_MAX) title = title.substring(0, TITLE_LENGTH_MAX);
        JsonNode form = tree("form_schema_json", first(config, "form_schema_json", "form_schema", "form"));
        Form.checkSchema("form_schema_json", form);
        String assignedTo = text(config, "assigned_to");
        return new Question(
                taskType(type, text(config, "task_type")),
                title,
                assignedTo.isEmpty() ? null : assignedTo,
                dueTime(config, context.now()),
                request(config),
                form);
    }

    private static String taskType(String type, String configured) {
        if (TASK_TYPES.contains(configured)) return configured;
        if (!configured.isEmpty()) throw Problem.invalid("task_type", "must be one of " + TASK_TYPES);
        return switch (type) {
            case "human-input" -> "input";
            case "human-takeover" -> "takeover";
            default -> "approval";
        };
    }

    private static JsonNode request(JsonNode config) {
        JsonNode request = first(config, "request_payload_json", "request_payload", "request");
        String prompt = text(config, "prompt");
        if (!Json.isNothing(request) || prompt.isEmpty()) return request;
        return Json.object().put("prompt", prompt);
    }

    /** UTC milliseconds, 0 for never; of several the earliest. */
    private static long dueTime(JsonNode config, long now) {
        long due = Long.MAX_VALUE;
        String time = text(config, "due_time");
        if (!time.isEmpty()) {
            due = Times.parse(time).orElseThrow(() -> Problem.invalid("due_time", "must be an RFC 3339 time"));
        }
        for (String field : List.of("due_in_seconds", "timeout_seconds")) {
            String seconds = text(config, field);
            if (seconds.isEmpty()) continue;
            if (!SECONDS.matcher(seconds).matches()) throw Problem.invalid(field, "must be a number of seconds");
            double number = Double.parseDouble(seconds);
            if (number > 0) due = Math.min(due, now + (long) (number * 1000));
        }
        return due == Long.MAX_VALUE ? 0 : due;
    }

    private static JsonNode first(JsonNode config, String... names) {
        for (String name : names) if (!Json.isNothing(config.path(name))) return config.path(name);
        return Json.nothing();
    }

    private static JsonNode tree(String field, JsonNode value) {
        if (!value.isString()) return value;
        try {
            return value.stringValue().isBlank() ? Json.nothing() : Json.parse(value.stringValue());
        } catch (IllegalArgumentException notJson) {
            throw Problem.invalid(field, "is not JSON");
        }
    }

    private static String text(JsonNode config, String field) {
        JsonNode value = config.path(field);
        if (Json.isNothing(value)) return "";
        return (value.isString() ? value.stringValue() : Json.write(value)).strip();
    }
}
