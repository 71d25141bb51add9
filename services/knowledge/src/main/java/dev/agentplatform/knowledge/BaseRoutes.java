package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.knowledge.chunk.Chunking;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /knowledge/bases}. */
final class BaseRoutes {
    static final int METADATA_LENGTH_MAX = 65_536;
    private static final String CODE = "[A-Za-z0-9][A-Za-z0-9._-]*";

    private final Bases bases;

    BaseRoutes(Bases bases) {
        this.bases = bases;
    }

    void addTo(Routes routes) {
        routes.post("/knowledge/bases", "Makes a knowledge base")
                .body(Create.class)
                .answers(201, "The base")
                .handle(this::create);
        routes.get("/knowledge/bases", "Lists knowledge bases, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("code", "string", "Only the one with this code")
                .handle(this::list);
        routes.get("/knowledge/bases/{id}", "Shows a knowledge base")
                .handle(request -> Reply.of(
                        200,
                        bases.get(request.workspace().id(), request.id("id")).json()));
        routes.patch("/knowledge/bases/{id}", "Changes a knowledge base; fields left out stay")
                .body(Patch.class)
                .handle(this::patch);
        routes.delete("/knowledge/bases/{id}", "Deletes a knowledge base with its documents and searches")
                .answers(204, "Deleted")
                .handle(this::delete);
        routes.post("/knowledge/bases/{id}/reindex", "Indexes all documents anew, in the background")
                .answers(202, "The base")
                .handle(request -> Reply.of(
                        202,
                        bases.reindex(request.workspace().id(), request.id("id"))
                                .json()));
    }

    record Create(
            @Required @Length(min = 1, max = 100) @Doc("Letters, digits, dots, dashes and underscores")
            String code,

            @Required @Length(min = 1, max = 200) String name,
            @Length(max = 10_000) String description,

            @Length(min = 1, max = 200)
            @Doc("hash, http (the server of the settings) or the name of a model that gives embeddings")
            String embeddingProvider,

            @Alias("chunking") Chunkings.Wanted chunkingJson,
            @Alias("metadata") ObjectNode metadataJson) {
        Create {
            checkCode(code);
        }
    }

    record Patch(
            @Length(min = 1, max = 100) String code,
            @Length(min = 1, max = 200) String name,
            @Length(max = 10_000) String description,
            @Length(min = 1, max = 200) String embeddingProvider,
            @Alias("chunking") Chunkings.Wanted chunkingJson,
            @Alias("metadata") ObjectNode metadataJson) {
        Patch {
            checkCode(code);
        }
    }

    private static void checkCode(String code) {
        if (code != null && !code.matches(CODE)) {
            throw Problem.invalid("code", "must be letters, digits, dots, dashes and underscores");
        }
    }

    private Reply create(Request request) {
        Create body = request.body(Create.class);
        checkMetadata(body.metadataJson());
        KnowledgeBase base = bases.create(new Bases.New(
                request.workspace().id(),
                body.code(),
                body.name(),
                body.description(),
                body.embeddingProvider(),
                body.chunkingJson() == null
                        ? Chunking.USUAL
                        : body.chunkingJson().over(Chunking.USUAL),
                body.metadataJson() == null ? Json.nothing() : body.metadataJson()));
        return Reply.of(201, base.json());
    }

    static void checkMetadata(JsonNode metadata) {
        if (metadata != null && Json.write(metadata).length() > METADATA_LENGTH_MAX) {
            throw Problem.invalid("metadata_json", "must have at most " + METADATA_LENGTH_MAX + " characters");
        }
    }

    private Reply list(Request request) {
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        return Reply.page(
                bases.list(request.workspace().id(), request.query("code").orElse(null), page), KnowledgeBase::json);
    }

    private Reply patch(Request request) {
        Patch body = request.body(Patch.class);
        checkMetadata(body.metadataJson());
        KnowledgeBase base = bases.patch(
                request.workspace().id(),
                request.id("id"),
                new Bases.Patch(
                        body.code(),
                        body.name(),
                        body.description(),
                        body.embeddingProvider(),
                        body.chunkingJson(),
                        body.metadataJson()));
        return Reply.of(200, base.json());
    }

    private Reply delete(Request request) {
        bases.delete(request.workspace().id(), request.id("id"));
        return Reply.empty(204);
    }
}
