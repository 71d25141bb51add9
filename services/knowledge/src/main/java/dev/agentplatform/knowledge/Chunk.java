package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A piece of a document as it is stored.
 *
 * @param position in the document, from 1
 * @param headings above it, the highest first
 * @param page 0 for none
 */
record Chunk(UUID id, UUID documentId, int position, List<String> headings, String text, int page) {

    /** What is indexed: a chunk is found by the names of what it is a part of, too. */
    String indexed(String title) {
        StringBuilder all = new StringBuilder(title).append('\n');
        for (String heading : headings) all.append(heading).append('\n');
        return all.append(text).toString();
    }

    ArrayNode headingsJson() {
        ArrayNode names = Json.array();
        headings.forEach(names::add);
        return names;
    }

    ObjectNode json(String workspaceId) {
        ObjectNode json = Json.object();
        json.put("id", id.toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("document_id", documentId.toString());
        json.put("position", position);
        json.set("headings", headingsJson());
        if (page > 0) json.put("page", page);
        else json.putNull("page");
        json.put("content_text", text);
        return json;
    }
}
