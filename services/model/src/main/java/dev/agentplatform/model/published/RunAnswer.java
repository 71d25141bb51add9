package dev.agentplatform.model.published;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.StepRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What came of a run, in words of OpenAI. Pure.
 *
 * @param tasks what people are asked, when the run waits for them; else empty
 */
record RunAnswer(
        String model, UUID runId, long createdTime, String text, String finish, JsonNode usage, ArrayNode tasks) {
    private static final List<String> COUNTED = List.of("prompt_tokens", "completion_tokens", "total_tokens");

    /** @throws Problem what the run failed of */
    static RunAnswer of(String model, RunRecord run, List<StepRecord> steps) {
        switch (run.status()) {
            case COMPLETED -> {}
            case CANCELLED -> throw new Problem(409, "run_cancelled", "The run " + run.id() + " was cancelled.");
            case TIMED_OUT -> throw new Problem(504, "run_timeout", "The run " + run.id() + " has timed out.");
            default -> {
                String why = run.error().path("message").asString("");
                throw new Problem(
                        500,
                        run.errorCode() == null ? "run_failed" : run.errorCode(),
                        "The run " + run.id() + " failed" + (why.isEmpty() ? "." : ": " + why));
            }
        }
        JsonNode result = run.output().json();
        boolean cut = result.path("finish_reason").asString("").equals("max_steps");
        return new RunAnswer(
                model,
                run.id(),
                run.createdTime(),
                text(run),
                cut ? "length" : "stop",
                usage(result, steps),
                Json.array());
    }

    /** A run that goes on when people have answered. */
    static RunAnswer waiting(String model, RunRecord run, List<StepRecord> steps, List<ObjectNode> tasks) {
        StringBuilder text = new StringBuilder("This run waits for a person.");
        ArrayNode named = Json.array();
        for (ObjectNode task : tasks) {
            named.add(task);
            text.append("\n- ").append(task.path("title").asString("")).append(" (human task ");
            text.append(task.path("id").asString("")).append(')');
        }
        text.append("\nIt goes on when that is answered at /human/tasks; its id is ")
                .append(run.id())
                .append('.');
        return new RunAnswer(
                model, run.id(), run.createdTime(), text.toString(), "stop", usage(Json.nothing(), steps), named);
    }

    /** Programs leave an object with {@code output_text}, workflows a text or any JSON. */
    private static String text(RunRecord run) {
        JsonNode json = run.output().json();
        if (run.output().text() != null) return run.output().text();
        if (json.path("output_text").isString()) return json.get("output_text").stringValue();
        if (json.isString()) return json.stringValue();
        return Json.isNothing(json) ? "" : Json.write(json);
    }

    /** As the program counted it, else the sum of what its steps tell. */
    private static ObjectNode usage(JsonNode result, List<StepRecord> steps) {
        ObjectNode sum = Json.object();
        for (String name : COUNTED) {
            long count = result.path("usage").path(name).asLong(0);
            if (!result.has("usage")) {
                for (StepRecord step : steps)
                    count += step.output().json().path("usage").path(name).asLong(0);
            }
            sum.put(name, count);
        }
        return sum;
    }

    ObjectNode completion() {
        ObjectNode json = head("chat.completion");
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("message").put("role", "assistant").put("content", text);
        choice.put("finish_reason", finish);
        json.set("usage", usage);
        if (!tasks.isEmpty()) json.set("human_tasks", tasks);
        return json;
    }

    /** The last chunk of a stream with text. */
    ObjectNode lastChunk() {
        ObjectNode json = head("chat.completion.chunk");
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        choice.putObject("delta");
        choice.put("finish_reason", finish);
        if (!tasks.isEmpty()) json.set("human_tasks", tasks);
        return json;
    }

    ObjectNode usageChunk() {
        ObjectNode json = head("chat.completion.chunk");
        json.putArray("choices");
        json.set("usage", usage);
        return json;
    }

    /** @param field {@code content}, or {@code reasoning_content} for what is said on the way */
    static ObjectNode chunk(String model, RunRecord run, String field, String text, boolean first) {
        ObjectNode json = head("chat.completion.chunk", model, run.id(), run.createdTime());
        ObjectNode choice = json.putArray("choices").addObject().put("index", 0);
        ObjectNode delta = choice.putObject("delta");
        if (first) delta.put("role", "assistant");
        delta.put(field, text);
        choice.putNull("finish_reason");
        return json;
    }

    private ObjectNode head(String object) {
        return head(object, model, runId, createdTime);
    }

    private static ObjectNode head(String object, String model, UUID runId, long createdTime) {
        return Json.object()
                .put("id", "chatcmpl-" + runId)
                .put("object", object)
                .put("created", createdTime / 1_000)
                .put("model", model)
                .put("run_id", runId.toString());
    }
}
