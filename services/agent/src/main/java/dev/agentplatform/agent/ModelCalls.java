package dev.agentplatform.agent;

import dev.agentplatform.engine.ProgramContext;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.model.Models;
import dev.agentplatform.model.wire.WireError;
import java.io.IOException;
import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The model calls of one run, each a recorded step. The conversation is not stored with it: it is built anew. */
final class ModelCalls {
    private static final Duration TIME_LIMIT = Duration.ofMinutes(10);

    private final ProgramContext context;
    private final RunRecord run;
    private final Agent agent;
    private final Models models;

    ModelCalls(ProgramContext context, RunRecord run, Agent agent, Models models) {
        this.context = context;
        this.run = run;
        this.agent = agent;
        this.models = models;
    }

    /** @return {@code {message, finish_reason, usage, model}} */
    JsonNode ask(int no, ObjectNode request, int messages) {
        String key = "model:" + no;
        ObjectNode input = Json.object().put("model", agent.model().name()).put("messages", messages);
        input.put("tools", request.path("tools").size());
        return context.step(key, "model", input, () -> answer(request, key));
    }

    /** The whole answer, whose text followers of the run have read as it came. */
    private ObjectNode streamed(CallOrigin origin, ObjectNode request, String key) throws InterruptedException {
        Chunks chunks = new Chunks(context.tokens(key));
        try {
            models.stream(origin, request, TIME_LIMIT, chunks);
        } catch (IOException cut) {
            throw new Problem(502, "model_cut", "The model's answer broke off.");
        }
        return chunks.whole();
    }

    private JsonNode answer(ObjectNode request, String key) throws InterruptedException {
        CallOrigin origin = new CallOrigin(
                run.workspaceId(),
                run.metadata().path("user_id").asString(null),
                null,
                run.id(),
                null,
                run.definitionId(),
                context.idempotencyKey(key));
        try {
            ObjectNode completion =
                    agent.model().stream() ? streamed(origin, request, key) : models.chat(origin, request, TIME_LIMIT);
            JsonNode choice = completion.path("choices").path(0);
            ObjectNode kept = Json.object();
            kept.set("message", choice.path("message"));
            kept.put("finish_reason", choice.path("finish_reason").asString(null));
            kept.set("usage", completion.path("usage"));
            kept.put("model", completion.path("model").asString(null));
            return kept;
        } catch (WireError failed) {
            String code = failed.code() == null ? "model_failed" : failed.code();
            throw new Problem(failed.status() >= 400 ? failed.status() : 502, code, failed.getMessage());
        }
    }
}
