package dev.agentplatform.app;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.knowledge.EmbeddingModels;
import dev.agentplatform.model.CallOrigin;
import dev.agentplatform.model.Models;
import dev.agentplatform.model.wire.WireError;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The gateway of models as knowledge bases see it. */
record KnowledgeEmbeddings(Models models) implements EmbeddingModels {
    @Override
    public List<float[]> embed(String workspaceId, String model, List<String> texts, Duration timeLimit)
            throws InterruptedException {
        ObjectNode request = Json.object().put("model", model).put("encoding_format", "float");
        ArrayNode input = request.putArray("input");
        texts.forEach(input::add);
        try {
            return vectors(models.embeddings(CallOrigin.of(workspaceId), request, timeLimit), texts.size());
        } catch (WireError error) {
            throw new Failed(error.getMessage());
        } catch (Problem problem) {
            throw new Failed(problem.detail());
        }
    }

    private static List<float[]> vectors(JsonNode answer, int count) {
        List<float[]> vectors = new ArrayList<>(Collections.nCopies(count, null));
        for (JsonNode one : answer.path("data")) {
            int index = one.path("index").asInt(-1);
            JsonNode numbers = one.path("embedding");
            if (index < 0 || index >= count || !numbers.isArray() || numbers.isEmpty()) throw unreadable();
            float[] vector = new float[numbers.size()];
            for (int i = 0; i < vector.length; i++) vector[i] = numbers.get(i).floatValue();
            vectors.set(index, vector);
        }
        for (float[] vector : vectors) {
            if (vector == null || vector.length != vectors.getFirst().length) throw unreadable();
        }
        return vectors;
    }

    private static Failed unreadable() {
        return new Failed("The model's answer has not one vector for each text.");
    }
}
