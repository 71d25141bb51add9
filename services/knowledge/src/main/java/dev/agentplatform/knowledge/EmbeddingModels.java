package dev.agentplatform.knowledge;

import java.time.Duration;
import java.util.List;

/** Vectors by a model. The room of models answers. */
@FunctionalInterface
public interface EmbeddingModels {
    /**
     * Blocking, with the retries of whoever answers.
     *
     * @param model as the gateway of models knows it
     * @param texts some dozens at most
     * @return one vector for each text, in their order, all of one length
     * @throws Failed when there are none within the time
     */
    List<float[]> embed(String workspaceId, String model, List<String> texts, Duration timeLimit)
            throws InterruptedException;

    /** No vectors. The message is for people and holds no secret. */
    final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Failed(String message) {
            super(message, null, false, false);
        }
    }
}
