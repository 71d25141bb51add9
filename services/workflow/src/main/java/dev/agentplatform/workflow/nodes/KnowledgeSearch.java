package dev.agentplatform.workflow.nodes;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Searches in knowledge bases. The room of knowledge answers. */
@FunctionalInterface
public interface KnowledgeSearch {
    /** A piece of a document. @param position in the document, from 1 @param score 0 to 1 */
    record Passage(
            String title,
            String content,
            double score,
            JsonNode metadata,
            String documentId,
            String chunkId,
            int position) {}

    /**
     * The best first.
     *
     * @param base id or code
     * @param filters values that fields of a document must have; JSON null for none
     * @throws dev.agentplatform.kernel.Problem 404 when there is no such base
     */
    List<Passage> search(String workspaceId, String base, String query, int topK, JsonNode filters)
            throws InterruptedException;
}
