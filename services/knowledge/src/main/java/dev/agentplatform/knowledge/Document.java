package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.knowledge.extract.SourceType;
import java.util.Locale;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A document of a base.
 *
 * @param type null while nobody knows, before what an address has is fetched
 * @param url where it came from; null for none
 * @param charset of its bytes, as their sender says; null when he does not
 * @param hash of what it was made from; null before it was fetched
 * @param metadata JSON null for none
 * @param progress 0 to 100
 * @param generation names the chunks that searches see; 0 for none
 * @param indexedTime 0 for never
 */
record Document(
        UUID id,
        String workspaceId,
        UUID baseId,
        String title,
        SourceType type,
        String url,
        String charset,
        String hash,
        long bytes,
        JsonNode metadata,
        Status status,
        int progress,
        String errorCode,
        String errorMessage,
        long chunks,
        long generation,
        long indexedTime,
        long createdTime,
        long updatedTime) {

    enum Status {
        PENDING,
        INDEXING,
        INDEXED,
        FAILED
    }

    /** As it is once its chunks are there to be found. */
    Document indexed(Cutting.Cut cut, long shown, long now) {
        return new Document(
                id,
                workspaceId,
                baseId,
                cut.title(),
                type,
                url,
                charset,
                hash,
                bytes,
                metadata,
                Status.INDEXED,
                100,
                null,
                null,
                cut.chunks().size(),
                shown,
                now,
                createdTime,
                now);
    }

    /** The chunks of before stay. */
    Document failed(String code, String message, long now) {
        return state(Status.FAILED, progress, code, message, now);
    }

    /** Waits to be indexed. */
    Document pending(long now) {
        return state(Status.PENDING, 0, null, null, now);
    }

    private Document state(Status state, int done, String code, String message, long now) {
        return new Document(
                id,
                workspaceId,
                baseId,
                title,
                type,
                url,
                charset,
                hash,
                bytes,
                metadata,
                state,
                done,
                code,
                message,
                chunks,
                generation,
                indexedTime,
                createdTime,
                now);
    }

    /** Made from something else from now on. */
    Document of(Source source) {
        return new Document(
                id,
                workspaceId,
                baseId,
                title,
                source.type(),
                url,
                source.charset(),
                source.hash(),
                source.content().length,
                metadata,
                status,
                progress,
                errorCode,
                errorMessage,
                chunks,
                generation,
                indexedTime,
                createdTime,
                updatedTime);
    }

    /** @param newMetadata JSON null for none */
    Document named(String newTitle, JsonNode newMetadata, long now) {
        return new Document(
                id,
                workspaceId,
                baseId,
                newTitle,
                type,
                url,
                charset,
                hash,
                bytes,
                newMetadata,
                status,
                progress,
                errorCode,
                errorMessage,
                chunks,
                generation,
                indexedTime,
                createdTime,
                now);
    }

    String statusWord() {
        return status.name().toLowerCase(Locale.ROOT);
    }

    ObjectNode json() {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("knowledge_base_id", baseId.toString());
        json.put("title", title);
        json.put("source_type", type == null ? null : type.word());
        json.put("source_url", url);
        json.put("content_hash", hash);
        json.put("content_bytes", bytes);
        json.set("metadata_json", metadata);
        json.put("status", statusWord());
        json.put("progress", progress);
        json.put("error_code", errorCode);
        json.put("error_message", errorMessage);
        json.put("chunk_count", chunks);
        json.put("indexed_time", Times.formatOrNull(indexedTime));
        json.put("created_time", Times.format(createdTime));
        json.put("updated_time", Times.format(updatedTime));
        return json;
    }
}
