package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.knowledge.chunk.Chunking;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A base of documents.
 *
 * @param metadata JSON null for none
 * @param reindexAfter documents with a higher id are to be indexed anew; null when none are
 */
record KnowledgeBase(
        UUID id,
        String workspaceId,
        String code,
        String name,
        String description,
        Embedding embedding,
        Chunking chunking,
        JsonNode metadata,
        UUID reindexAfter,
        long documents,
        long chunks,
        boolean deleted,
        long createdTime,
        long updatedTime) {

    /**
     * Whose vectors the chunks have.
     *
     * @param provider what was asked for: {@code hash}, {@code http} or the name of a model
     * @param embedder whose vectors searches compare
     * @param next whose vectors are being made; null when there is nothing to make
     * @param error why vectors cannot be made now; null for none
     * @param stale there may be vectors of others, which nobody compares any more
     */
    record Embedding(String provider, String embedder, String next, String error, boolean stale) {
        /** Whose vectors all chunks shall have. */
        String target() {
            return next == null ? embedder : next;
        }

        /** Searches go on with the old vectors until all new ones are there. */
        Embedding towards(String wantedProvider, String wanted, boolean thereAlready) {
            boolean same = wanted.equals(embedder);
            boolean others = stale || !wanted.equals(target());
            if (same || thereAlready) return new Embedding(wantedProvider, wanted, null, null, others);
            return new Embedding(wantedProvider, embedder, wanted, null, others);
        }

        /** All vectors of the next one are there. */
        Embedding arrived() {
            return new Embedding(provider, target(), null, null, stale || next != null);
        }

        Embedding failing(String why) {
            return new Embedding(provider, embedder, next, why, stale);
        }

        Embedding clean() {
            return new Embedding(provider, embedder, next, error, false);
        }
    }

    KnowledgeBase with(Embedding changed) {
        return new KnowledgeBase(
                id,
                workspaceId,
                code,
                name,
                description,
                changed,
                chunking,
                metadata,
                reindexAfter,
                documents,
                chunks,
                deleted,
                createdTime,
                updatedTime);
    }

    KnowledgeBase reindexing(UUID after) {
        return new KnowledgeBase(
                id,
                workspaceId,
                code,
                name,
                description,
                embedding,
                chunking,
                metadata,
                after,
                documents,
                chunks,
                deleted,
                createdTime,
                updatedTime);
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("code", code);
        json.put("name", name);
        json.put("description", description);
        json.put("embedding_provider", embedding.provider());
        json.put("embedder", embedding.embedder());
        json.put("next_embedder", embedding.next());
        json.put("embedding_error", embedding.error());
        json.set("chunking_json", Chunkings.json(chunking));
        json.set("metadata_json", metadata);
        json.put("document_count", documents);
        json.put("chunk_count", chunks);
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
