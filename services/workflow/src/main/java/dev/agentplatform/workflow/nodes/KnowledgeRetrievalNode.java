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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code knowledge-retrieval}: the {@code top_k} documents that fit a query best, as {@code
 * retrieved_documents} of {@code {title, content, score, index, metadata}}.
 *
 * <p>Documents are texts or objects with {@code content} or {@code text}; they stand in {@code documents}, or
 * are fetched from {@code source_url} (a list, or an object with {@code documents}). {@code filters_json}
 * names fields of the metadata and the value, or list of values, they must have. Without a query the first
 * documents are given.
 */
public final class KnowledgeRetrievalNode implements NodeType {
    static final int DOCUMENTS_MAX = 10_000;
    static final int TOP_K = 5;
    private static final int TOP_K_MAX = 100;
    private static final int SOURCE_BYTES_MAX = 4 * 1024 * 1024;

    private final String name;
    private final OutboundClient client;

    /** @param name {@code knowledge-retrieval}, or its other name {@code retriever} */
    public KnowledgeRetrievalNode(String name, OutboundClient client) {
        this.name = name;
        this.client = client;
    }

    private record Document(String title, String content, int index, JsonNode metadata) {}

    private record Scored(Document document, double score) {}

    @Override
    public String name() {
        return name;
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
            if (url.isEmpty()) return withoutDocuments(config, input);
            input.put("source_url", url);
            try {
                documents = fetched(context, url, timeLimit);
            } catch (OutboundError error) {
                return new Outcome.Fail(error.code(), error.getMessage(), error.retryable(), null, input);
            } catch (SourceFailed failed) {
                return new Outcome.Fail(failed.code, failed.getMessage(), failed.retryable, null, input);
            }
        }
        List<Scored> ranked = ranked(query, documents(documents, filters)).stream()
                .limit(topK)
                .toList();
        return new Outcome.Done(output(query, ranked), text(ranked), null, null, input, List.of());
    }

    private static Outcome withoutDocuments(JsonNode config, JsonNode input) {
        if (Json.isNothing(config.path("knowledge_base_id"))) {
            throw Problem.invalid("documents", "or source_url is needed");
        }
        String message = "Knowledge bases are not available on this server; give documents or a source_url.";
        return new Outcome.Fail("knowledge_base_not_available", message, false, null, input);
    }

    private static List<Scored> ranked(String query, List<Document> documents) {
        boolean all = Keywords.terms(query).isEmpty();
        double[] scores = Keywords.scores(
                query,
                documents.stream()
                        .map(document -> document.title() + "\n" + document.content())
                        .toList());
        List<Scored> ranked = new ArrayList<>();
        for (int i = 0; i < scores.length; i++) {
            if (all || scores[i] > 0) ranked.add(new Scored(documents.get(i), scores[i]));
        }
        // The sort is stable: of equals the first comes first.
        ranked.sort(Comparator.comparingDouble(Scored::score).reversed());
        return ranked;
    }

    private static List<Document> documents(JsonNode list, JsonNode filters) {
        if (!list.isArray()) throw Problem.invalid("documents", "must be a list");
        if (list.size() > DOCUMENTS_MAX) throw Problem.invalid("documents", "may have at most " + DOCUMENTS_MAX);
        List<Document> documents = new ArrayList<>(list.size());
        int index = 0;
        for (JsonNode item : list) {
            Document document = document(item, index++);
            if (passes(filters, document.metadata(), item)) documents.add(document);
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

    private static boolean passes(JsonNode filters, JsonNode metadata, JsonNode item) {
        if (Json.isNothing(filters)) return true;
        if (!filters.isObject()) throw Problem.invalid("filters_json", "must be an object");
        for (Map.Entry<String, JsonNode> filter : filters.properties()) {
            JsonNode is = metadata.has(filter.getKey()) ? metadata.get(filter.getKey()) : item.path(filter.getKey());
            if (!allows(filter.getValue(), is)) return false;
        }
        return true;
    }

    private static boolean allows(JsonNode wanted, JsonNode is) {
        if (wanted.isArray()) {
            for (JsonNode one : wanted) if (allows(one, is)) return true;
            return false;
        }
        if (is.isArray()) {
            for (JsonNode one : is) if (allows(wanted, one)) return true;
            return false;
        }
        return NodeConfig.text(wanted).equals(NodeConfig.text(is));
    }

    private static ObjectNode output(String query, List<Scored> ranked) {
        ObjectNode output = Json.object();
        output.put("query", query);
        ArrayNode list = output.putArray("retrieved_documents");
        for (Scored scored : ranked) {
            ObjectNode item = list.addObject();
            item.put("title", scored.document().title());
            item.put("content", scored.document().content());
            item.put("score", Math.round(scored.score() * 10_000) / 10_000.0);
            item.put("index", scored.document().index());
            item.set("metadata", scored.document().metadata());
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
