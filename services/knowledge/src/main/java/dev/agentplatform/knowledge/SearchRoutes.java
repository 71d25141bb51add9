package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.knowledge.Searches.Answer;
import dev.agentplatform.knowledge.Searches.Found;
import dev.agentplatform.search.FieldFilter;
import dev.agentplatform.search.Highlights;
import dev.agentplatform.search.TextIndex.Hit;
import dev.agentplatform.search.Weights;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /knowledge/search} and {@code /knowledge/searches}. */
final class SearchRoutes {
    private static final int HIGHLIGHTS_MAX = 50;

    private final Searches searches;

    SearchRoutes(Searches searches) {
        this.searches = searches;
    }

    void addTo(Routes routes) {
        routes.post("/knowledge/search", "Finds chunks by words and vectors, and says why")
                .body(Search.class)
                .handle(this::search);
        routes.get("/knowledge/searches", "Lists the searches that were made, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("knowledge_base_id", "string", "Only in this base")
                .handle(this::list);
        routes.get("/knowledge/searches/{id}", "Shows a search and what it found")
                .handle(request -> Reply.of(
                        200,
                        searches.get(request.workspace().id(), request.id("id")).json()));
    }

    record Search(
            @Required @Alias("base_id") @Length(min = 1, max = 128) @Doc("Id or code of the base")
            String knowledgeBaseId,

            @Required @Length(min = 1, max = Searches.QUERY_LENGTH_MAX)
            String query,

            @Alias("limit") @Range(min = 1, max = Searches.TOP_K_MAX) @Doc("5 by default")
            Integer topK,

            @Alias("filters")
            @Doc("Fields of a document's metadata, document_id, source_type or title, and the value or values")
            ObjectNode filtersJson,

            @OneOf({"hybrid", "keyword", "vector"}) @Doc("hybrid by default")
            String mode,

            @Range(min = 0, max = 1) @Doc("Leaves out what scores less")
            Double minScore) {}

    private Reply search(Request request) throws InterruptedException {
        Search body = request.body(Search.class);
        Mode mode = Mode.of(body.mode());
        Answer answer = searches.search(new Searches.Asked(
                request.workspace().id(),
                body.knowledgeBaseId(),
                body.query(),
                body.topK() == null ? Searches.TOP_K_USUAL : body.topK(),
                mode,
                FieldFilter.of("filters_json", body.filtersJson()),
                body.minScore() == null ? 0 : body.minScore()));
        return Reply.of(200, json(answer, body.query(), mode));
    }

    private static ObjectNode json(Answer answer, String query, Mode mode) {
        String workspaceId = answer.base().workspaceId();
        ObjectNode json = Json.object();
        json.put("id", answer.id().toString());
        json.put("workspace_id", workspaceId);
        json.put("tenant_id", workspaceId);
        json.put("knowledge_base_id", answer.base().id().toString());
        json.put("query", query);
        json.put("mode", mode.word());
        json.put("embedder", answer.embedder());
        json.put("fallback_reason", answer.fellBack());
        Weights weights = mode.weights();
        json.putObject("weights_json").put("keyword", weights.keyword()).put("vector", weights.vector());
        json.put("took_millis", answer.tookMillis());
        ArrayNode items = json.putArray("items");
        Highlights highlights = new Highlights(query);
        for (Found found : answer.found()) items.add(item(found, workspaceId, highlights));
        return json;
    }

    private static ObjectNode item(Found found, String workspaceId, Highlights highlights) {
        Document document = found.document();
        ObjectNode item = found.chunk().json(workspaceId);
        item.put("title", document.title());
        item.put("source_type", document.type() == null ? null : document.type().word());
        item.put("source_url", document.url());
        item.set("metadata_json", document.metadata());
        scores(item, found.hit());
        ArrayNode spans = item.putArray("highlights");
        String text = found.chunk().text();
        for (Highlights.Span span : highlights.in(text, HIGHLIGHTS_MAX)) {
            spans.addObject()
                    .put("text", text.substring(span.start(), span.end()))
                    .put("start", span.start())
                    .put("end", span.end());
        }
        return item;
    }

    /** What is kept of a hit. */
    static ObjectNode kept(Found found) {
        ObjectNode hit = Json.object();
        hit.put("chunk_id", found.chunk().id().toString());
        hit.put("document_id", found.chunk().documentId().toString());
        hit.put("title", found.document().title());
        hit.put("position", found.chunk().position());
        scores(hit, found.hit());
        return hit;
    }

    private static void scores(ObjectNode json, Hit hit) {
        json.put("keyword_score", rounded(hit.keyword()));
        json.put("vector_score", rounded(hit.vector()));
        json.put("score", rounded(hit.score()));
    }

    /** More digits would be those of the float. */
    private static double rounded(double score) {
        return Math.round(score * 1e6) / 1e6;
    }

    private Reply list(Request request) {
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        return Reply.page(
                searches.list(
                        request.workspace().id(),
                        request.idQuery("knowledge_base_id").orElse(null),
                        page),
                SearchTable.Kept::json);
    }
}
