package dev.agentplatform.knowledge;

import dev.agentplatform.search.FieldFilter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Knowledge for those inside: workflows and agents. */
public final class Knowledge {
    private final Searches searches;

    Knowledge(Searches searches) {
        this.searches = searches;
    }

    /**
     * A piece of a document about a question.
     *
     * @param position in the document, from 1
     * @param metadata of the document; JSON null for none
     * @param score 0 to 1
     */
    public record Passage(
            String chunkId,
            String documentId,
            String title,
            String text,
            int position,
            JsonNode metadata,
            double score) {}

    /**
     * The best first.
     *
     * @param base id or code
     * @param topK 1 to {@value Searches#TOP_K_MAX}; what is beyond is as near as it can be
     * @param filters as {@code filters_json}; JSON null for none
     * @throws dev.agentplatform.kernel.Problem 404 when there is no such base; 422 for filters that are none
     */
    public List<Passage> search(String workspaceId, String base, String query, int topK, JsonNode filters)
            throws InterruptedException {
        String asked =
                query.length() <= Searches.QUERY_LENGTH_MAX ? query : query.substring(0, Searches.QUERY_LENGTH_MAX);
        Searches.Answer answer = searches.search(new Searches.Asked(
                workspaceId,
                base,
                asked,
                Math.clamp(topK, 1, Searches.TOP_K_MAX),
                Mode.HYBRID,
                FieldFilter.of("filters_json", filters),
                0));
        List<Passage> passages = new ArrayList<>();
        for (Searches.Found found : answer.found()) {
            passages.add(new Passage(
                    found.chunk().id().toString(),
                    found.document().id().toString(),
                    found.document().title(),
                    found.chunk().text(),
                    found.chunk().position(),
                    found.document().metadata(),
                    found.hit().score()));
        }
        return passages;
    }
}
