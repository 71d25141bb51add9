package dev.agentplatform.memory;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.memory.index.TextIndex.Hit;
import dev.agentplatform.memory.index.Weights;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.time.Instant;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /memories}: what scopes remember, and its search. */
public final class MemoryRoutes {
    private static final String TYPE_USUAL = "fact";
    private static final int IMPORTANCE_USUAL = 50;
    private static final int LIMIT_USUAL = 10;

    private final Memories memories;

    private MemoryRoutes(Memories memories) {
        this.memories = memories;
    }

    public static Routes of(Memories memories) {
        MemoryRoutes memory = new MemoryRoutes(memories);
        Routes routes = new Routes("memory", "What workspaces, users, sessions, agents and teams remember");
        routes.post("/memories", "Remembers a text")
                .body(Create.class)
                .answers(201, "The memory")
                .handle(memory::create);
        routes.get("/memories", "Lists memories, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("scope_type", "string", "workspace (or tenant), user, session, agent or team")
                .query("scope_id", "string", "Only of this scope")
                .query("memory_type", "string", "Only of this type")
                .handle(memory::list);
        routes.post("/memories/search", "Finds what a scope remembers by words, vector and importance")
                .body(Search.class)
                .handle(memory::search);
        routes.get("/memories/{id}", "Shows a memory")
                .handle(request -> Reply.of(
                        200,
                        memories.get(request.workspace().id(), request.id("id")).json()));
        routes.patch("/memories/{id}", "Changes a memory; fields left out stay")
                .body(Patch.class)
                .handle(memory::patch);
        routes.delete("/memories/{id}", "Forgets a memory")
                .answers(204, "Forgotten")
                .handle(memory::delete);
        return routes;
    }

    record Create(
            @Required @OneOf({"workspace", "tenant", "user", "session", "agent", "team"})
            String scopeType,

            @Length(max = Scope.ID_LENGTH_MAX) @Doc("May be left out for the workspace")
            String scopeId,

            @Length(min = 1, max = 100) @Doc("The caller's own word, fact by default")
            String memoryType,

            @Required @Length(min = 1, max = Memories.TEXT_LENGTH_MAX) @Alias("content")
            String contentText,

            @Range(min = 0, max = 100) @Doc("0 to 100, 50 by default")
            Integer importanceScore,

            @Alias("metadata") ObjectNode metadataJson,
            @Doc("From then on it is not found") Instant expiresTime) {}

    record Patch(
            @Length(min = 1, max = 100) String memoryType,

            @Length(min = 1, max = Memories.TEXT_LENGTH_MAX) @Alias("content")
            String contentText,

            @Range(min = 0, max = 100) Integer importanceScore,
            @Alias("metadata") ObjectNode metadataJson,
            @Doc("null: it does not expire any more") Instant expiresTime) {}

    record Search(
            @Required @Length(min = 1, max = Memories.QUERY_LENGTH_MAX)
            String query,

            @Required @OneOf({"workspace", "tenant", "user", "session", "agent", "team"})
            String scopeType,

            @Length(max = Scope.ID_LENGTH_MAX) @Doc("May be left out for the workspace")
            String scopeId,

            @Length(min = 1, max = 100) String memoryType,

            @Range(min = 1, max = Memories.HITS_MAX) @Doc("10 by default")
            Integer limit,

            @Range(min = 0, max = 1) @Doc("Leaves out what scores less")
            Double minScore) {}

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        Memory memory = memories.create(new Memories.New(
                Scope.of(request.workspace().id(), body.scopeType(), body.scopeId()),
                body.memoryType() == null ? TYPE_USUAL : body.memoryType(),
                body.contentText(),
                body.importanceScore() == null ? IMPORTANCE_USUAL : body.importanceScore(),
                body.metadataJson(),
                body.expiresTime() == null ? 0 : body.expiresTime().toEpochMilli()));
        return Reply.of(201, memory.json());
    }

    private Reply list(Request request) {
        String scopeType = Scope.type(request.query("scope_type").orElse(null));
        if (scopeType != null && !Scope.known(scopeType)) {
            throw Problem.malformed("malformed_parameter", "scope_type", "must be one of tenant, " + Scope.words());
        }
        MemoryTable.Filter filter = new MemoryTable.Filter(
                scopeType,
                request.query("scope_id").orElse(null),
                request.query("memory_type").orElse(null));
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        return Reply.page(memories.list(request.workspace().id(), filter, page), Memory::json);
    }

    private Reply patch(Request request) {
        Patch body = request.body(Patch.class);
        Long expires = body.expiresTime() == null ? null : body.expiresTime().toEpochMilli();
        // The one field of which null says something else than its absence.
        boolean never = request.rawJson().has("expires_time") && expires == null;
        Memories.Patch patch = new Memories.Patch(
                body.memoryType(),
                body.contentText(),
                body.importanceScore(),
                body.metadataJson(),
                never ? Long.valueOf(0) : expires);
        Memory memory = memories.patch(request.workspace().id(), request.id("id"), patch);
        return Reply.of(200, memory.json());
    }

    private Reply delete(Request request) {
        memories.delete(request.workspace().id(), request.id("id"));
        return Reply.empty(204);
    }

    private Reply search(Request request) {
        Search body = request.body(Search.class);
        String workspaceId = request.workspace().id();
        ArrayNode items = Json.array();
        Memories.Search search = new Memories.Search(
                Scope.of(workspaceId, body.scopeType(), body.scopeId()),
                body.query(),
                body.memoryType(),
                body.minScore() == null ? 0 : body.minScore(),
                body.limit() == null ? LIMIT_USUAL : body.limit());
        for (Memories.Found found : memories.search(search)) items.add(show(found));
        ObjectNode json = Json.object().put("workspace_id", workspaceId).put("tenant_id", workspaceId);
        json.set("items", items);
        json.put("rerank_mode", "hybrid-local");
        json.set("weights_json", show(Weights.USUAL));
        return Reply.of(200, json);
    }

    private static ObjectNode show(Memories.Found found) {
        Hit hit = found.hit();
        return found.memory()
                .json()
                .put("keyword_score", rounded(hit.keyword()))
                .put("vector_score", rounded(hit.vector()))
                .put("importance_score", rounded(hit.importance()))
                .put("score", rounded(hit.score()));
    }

    private static ObjectNode show(Weights weights) {
        return Json.object()
                .put("keyword", weights.keyword())
                .put("vector", weights.vector())
                .put("importance", weights.importance());
    }

    /** More digits would be those of the float. */
    private static double rounded(double score) {
        return Math.round(score * 1e6) / 1e6;
    }
}
