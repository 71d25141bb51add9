package dev.agentplatform.workflow.compile;

import dev.agentplatform.engine.Executable;
import dev.agentplatform.engine.Executable.Flow;
import dev.agentplatform.engine.RunKind;
import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Runs of workflows: finds the version of a run and compiles it, once per version. */
public final class WorkflowKind implements RunKind {
    public static final String NAME = "workflow";
    private static final int COMPILED_MAX = 1_000;

    /** Where documents come from: the catalog, which knows the version's workspace. */
    @FunctionalInterface
    public interface Documents {
        /** The document of a version. @throws Problem 404 */
        JsonNode document(String workspaceId, UUID versionId);
    }

    private record Key(UUID versionId, String body, String initial) {}

    private final Documents documents;
    private final WorkflowCompiler compiler;
    private final Map<Key, Flow> compiled = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Flow> eldest) {
            return size() > COMPILED_MAX;
        }
    };

    public WorkflowKind(Documents documents, WorkflowCompiler compiler) {
        this.documents = documents;
        this.compiler = compiler;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Executable load(RunRecord run) {
        JsonNode initial = run.options().initialNode();
        Key key = new Key(run.versionId(), run.options().body(), Json.writeOrNull(initial));
        Flow known;
        synchronized (compiled) {
            known = compiled.get(key);
        }
        if (known != null) return known;
        JsonNode document = documents.document(run.workspaceId(), run.versionId());
        Flow flow = compiler.compile(body(document, run.options().body()), initial);
        synchronized (compiled) {
            compiled.put(key, flow);
        }
        return flow;
    }

    /** The document that a loop node holds inside: {@code outer/inner} names one of a loop in a loop. */
    private static JsonNode body(JsonNode document, String path) {
        if (path == null) return document;
        JsonNode at = document;
        for (String id : path.split("/")) at = bodyOf(at, id);
        return at;
    }

    private static JsonNode bodyOf(JsonNode document, String id) {
        for (JsonNode node : document.path("nodes")) {
            if (!node.path("id").asString("").equals(id)) continue;
            JsonNode config = node.path("config");
            if (config.has("body")) return config.get("body");
            if (config.has("node")) return ofOneNode(config.get("node"));
        }
        throw new Problem(422, "invalid_workflow", "Node " + id + " has no body.");
    }

    private static JsonNode ofOneNode(JsonNode node) {
        ObjectNode definition = Json.object();
        definition.put("id", node.path("id").asString("item"));
        definition.put("type", node.path("type").asString(""));
        definition.set("config", node.path("config").isObject() ? node.get("config") : Json.object());
        ObjectNode document = Json.object();
        document.putArray("nodes").add(definition);
        document.putArray("edges");
        return document;
    }
}
