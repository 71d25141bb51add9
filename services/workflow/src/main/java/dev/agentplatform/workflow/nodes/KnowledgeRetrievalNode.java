package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import dev.agentplatform.search.FieldFilter;
import dev.agentplatform.search.TextIndex;
import dev.agentplatform.search.Weights;
import dev.agentplatform.search.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code knowledge-retrieval}: the {@code top_k} documents that fit a query best, as {@code
 * retrieved_documents} of {@code {title, content, score, index, metadata}}.
 *
 * <p>Documents are texts or objects with {@code content} or {@code text}; they stand in {@code documents}, are fetched
 * from {@code source_url} (a list, or an object with {@code documents}), or are chunks of the base {@code
 * knowledge_base_id}. {@code filters_json} names fields of the metadata and the value, or list of values, they must have.
 * Without a query the first documents are given; a base needs one.
 */
public final class KnowledgeRetrievalNode implements NodeType {
    static final int DOCUMENTS_MAX = 10_000;
    static final int TOP_K = 5;
    private static final int TOP_K_MAX = 100;
    private static final int SOURCE_BYTES_MAX = 4 * 1024 * 1024;

    /** What shares no word with the query does not fit it. */
    private static final double SCORE_MIN = 1e-6;

    private static final Weights KEYWORDS = new Weights(1, 0, 0);

    private final OutboundClient client;
    private final KnowledgeSearch knowledge;

    public KnowledgeRetrievalNode(OutboundClient client, KnowledgeSearch knowledge) {
        this.client = client;
        this.knowledge = knowledge;
    }

    private record Document(String title, String content, int index, JsonNode metadata) {}

    private record Scored(Document document, double score) {}

    @Override
    public String name() {
        return "knowledge-retrieval";
    }

    @Override
    public boolean effect() {
        return true;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        CompiledTree tree = CompiledTree.parse(NodeConfig.only(
                config,
                "documents",
                "source_url",
                "knowledge_base_id",
                "query_template",
                "query",
                "top_k",
                "filters_json",
                "filters"));
        Duration timeLimit = NodeConfig.timeLimit(config);
        return context -> retrieve(context, tree.resolve(context.scope()), timeLimit);
    }

    private Outcome retrieve(NodeContext context, JsonNode config, Duration timeLimit) throws InterruptedException {
        String query = NodeConfig.text(NodeConfig.first(config, "query_template", "query"));
        int topK = NodeConfig.whole("top_k", config.path("top_k"), TOP_K, 1, TOP_K_MAX);
        JsonNode filters = NodeConfig.tree("filters_json", NodeConfig.first(config, "filters_json", "filters"));
        ObjectNode input = Json.object();
        input.put("query", query);
        input.put("top_k", topK);
        if (!Json.isNothing(filters)) input.set("filters", filters);
        JsonNode documents = NodeConfig.tree("documents", config.path("documents"));
        if (Json.isNothing(documents)) {
            String url = NodeConfig.text(config.path("source_url")).strip();
            if (url.isEmpty()) return ofBase(context, config, filters, input);
            input.put("source_url", url);
            try {
                documents = fetched(context, url, timeLimit);
            } catch (OutboundError error) {
                return new Outcome.Fail(error.code(), error.getMessage(), error.retryable(), null, input);
            } catch (SourceFailed failed) {
                return new Outcome.Fail(failed.code, failed.getMessage(), failed.retryable, null, input);
            }
        }
        List<Scored> ranked = ranked(query, documents(documents, FieldFilter.of("filters_json", filters)), topK);
        return new Outcome.Done(output(query, ranked), text(ranked), null, null, input, List.of());
    }

    private Outcome ofBase(NodeContext context, JsonNode config, JsonNode filters, ObjectNode input)
            throws InterruptedException {
        String base = NodeConfig.text(config.path("knowledge_base_id")).strip();
        if (base.isEmpty()) throw Problem.invalid("documents", "or source_url or knowledge_base_id is needed");
        String query = input.path("query").asString();
        if (query.isBlank()) throw Problem.invalid("query", "is required for a knowledge base");
        input.put("knowledge_base_id", base);
        int topK = input.path("top_k").asInt();
        ObjectNode output = Json.object().put("query", query);
        ArrayNode list = output.putArray("retrieved_documents");
        StringBuilder text = new StringBuilder();
        for (KnowledgeSearch.Passage passage :
                knowledge.search(context.run().workspaceId(), base, query, topK, filters)) {
            ObjectNode item = item(passage.title(), passage.content(), passage.score(), list.size());
            item.set("metadata", Json.isNothing(passage.metadata()) ? Json.object() : passage.metadata());
            item.put("document_id", passage.documentId());
            item.put("chunk_id", passage.chunkId());
            item.put("position", passage.position());
            list.add(item);
            text.append(text.isEmpty() ? "" : "\n\n").append(passage.content());
        }
        return new Outcome.Done(output, text.toString(), null, null, input, List.of());
    }

    private static ObjectNode item(String title, String content, double score, int index) {
        ObjectNode item = Json.object();
        item.put("title", title);
        item.put("content", content);
        item.put("score", Math.round(score * 10_000) / 10_000.0);
        item.put("index", index);
        return item;
    }

    /** Without a query the first ones. */
    private static List<Scored> ranked(String query, List<Document> documents, int topK) {
        if (Words.of(query).isEmpty()) {
            return documents.stream()
                    .limit(topK)
                    .map(document -> new Scored(document, 0))
                    .toList();
        }
        TextIndex index = new TextIndex();
        // Of equals the one with the higher id comes first: the ids count down.
        for (int i = 0; i < documents.size(); i++) {
            Document document = documents.get(i);
            UUID id = new UUID(0, DOCUMENTS_MAX - i);
            String text = document.title() + "\n" + document.content();
            index.put(new TextIndex.Document(id, text, Map.of(), 0, "", 0));
        }
        TextIndex.Query asked = new TextIndex.Query(query, null, null, null, 0, SCORE_MIN, topK, KEYWORDS);
        return index.search(asked).stream()
                .map(hit -> new Scored(
                        documents.get(DOCUMENTS_MAX - (int) hit.id().getLeastSignificantBits()), hit.score()))
                .toList();
    }

    private static List<Document> documents(JsonNode list, FieldFilter filters) {
        if (!list.isArray()) throw Problem.invalid("documents", "must be a list");
        if (list.size() > DOCUMENTS_MAX) throw Problem.invalid("documents", "may have at most " + DOCUMENTS_MAX);
        List<Document> documents = new ArrayList<>(list.size());
        int index = 0;
        for (JsonNode item : list) {
            Document document = document(item, index++);
            if (filters.passes(name -> field(document, item, name))) documents.add(document);
        }
        return documents;
    }

    private static Document document(JsonNode item, int index) {
        if (!item.isObject()) return new Document("", NodeConfig.text(item), index, Json.object());
        String content = NodeConfig.text(NodeConfig.first(item, "content", "text", "page_content"));
        JsonNode metadata = NodeConfig.tree("metadata", NodeConfig.first(item, "metadata", "metadata_json"));
        return new Document(
                NodeConfig.text(item.path("title")), content, index, metadata.isObject() ? metadata : Json.object());
    }

    private static JsonNode field(Document document, JsonNode item, String name) {
        return document.metadata().has(name) ? document.metadata().get(name) : item.path(name);
    }

    private static ObjectNode output(String query, List<Scored> ranked) {
        ObjectNode output = Json.object();
        output.put("query", query);
        ArrayNode list = output.putArray("retrieved_documents");
        for (Scored scored : ranked) {
            Document document = scored.document();
            ObjectNode item = item(document.title(), document.content(), scored.score(), document.index());
            item.set("metadata", document.metadata());
            list.add(item);
        }
        return output;
    }

    private static String text(List<Scored> ranked) {
        return ranked.stream().map(scored -> scored.document().content()).collect(Collectors.joining("\n\n"));
    }

    private JsonNode fetched(NodeContext context, String url, Duration timeLimit) throws InterruptedException {
        Map<String, String> headers = Map.of(
                "Accept", "application/json", "x-workspace-id", context.run().workspaceId());
        OutboundResponse response =
                client.exchange(new OutboundRequest("GET", url, headers, null, timeLimit, SOURCE_BYTES_MAX));
        int status = response.status();
        if (status >= 300) {
            boolean retryable = status == 408 || status == 429 || status >= 500;
            throw new SourceFailed("http_" + status, "The source answers with the status " + status + ".", retryable);
        }
        JsonNode body;
        try {
            body = Json.parse(response.text());
        } catch (IllegalArgumentException notJson) {
            throw new SourceFailed("invalid_source", "The source is not JSON.", false);
        }
        JsonNode documents = body.isObject() ? body.path("documents") : body;
        if (documents.isArray()) return documents;
        throw new SourceFailed("invalid_source", "The source is neither a list nor an object with documents.", false);
    }

    private static final class SourceFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final String code;
        private final boolean retryable;

        SourceFailed(String code, String message, boolean retryable) {
            super(message);
            this.code = code;
            this.retryable = retryable;
        }
    }
}
