package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.knowledge.Documents.Accepted;
import dev.agentplatform.knowledge.extract.SourceType;
import dev.agentplatform.knowledge.extract.Unreadable;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** {@code /knowledge/documents}. */
final class KnowledgeDocumentRoutes {
    static final int BASE64_LENGTH_MAX = (Source.BYTES_MAX + 2) / 3 * 4;
    private static final List<String> STATUSES = List.of("pending", "indexing", "indexed", "failed");

    private final Documents documents;
    private final Bases bases;

    KnowledgeDocumentRoutes(Documents documents, Bases bases) {
        this.documents = documents;
        this.bases = bases;
    }

    void addTo(Routes routes) {
        routes.post("/knowledge/documents", "Adds a document; a text of up to 1 MB is found when this answers")
                .body(Create.class)
                .answers(200, "The base has had this content already: the document of then")
                .answers(201, "The document, indexed")
                .answers(202, "The document, to be indexed in the background")
                .handle(this::create);
        routes.get("/knowledge/documents", "Lists documents, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("knowledge_base_id", "string", "Only of this base")
                .query("status", "string", "pending, indexing, indexed or failed")
                .query("source_type", "string", "text, markdown, html, pdf or docx")
                .handle(this::list);
        routes.get("/knowledge/documents/{id}", "Shows a document, its status and progress")
                .handle(request -> Reply.of(
                        200,
                        documents
                                .get(request.workspace().id(), request.id("id"))
                                .json()));
        routes.get("/knowledge/documents/{id}/chunks", "Lists the chunks of a document in its order")
                .paged()
                .handle(this::chunks);
        routes.patch("/knowledge/documents/{id}", "Changes a document; a new title or text is indexed anew")
                .body(Patch.class)
                .handle(this::patch);
        routes.delete("/knowledge/documents/{id}", "Deletes a document with its chunks")
                .answers(204, "Deleted")
                .handle(this::delete);
        routes.post("/knowledge/documents/{id}/reindex", "Indexes a document anew; what has an address is fetched anew")
                .answers(202, "The document")
                .handle(request -> Reply.of(
                        202,
                        documents
                                .reindex(request.workspace().id(), request.id("id"))
                                .json()));
    }

    record Create(
            @Required @Alias("base_id") @Length(min = 1, max = 128) @Doc("Id or code of the base")
            String knowledgeBaseId,

            @Length(min = 1, max = Cutting.TITLE_LENGTH_MAX) @Doc("Without it the document's own, or its first heading")
            String title,

            @Alias("content") @Length(min = 1, max = Source.BYTES_MAX) @Doc("The text itself")
            String contentText,

            @Length(min = 1, max = BASE64_LENGTH_MAX) @Doc("The bytes of a file, of any type")
            String contentBase64,

            @Length(min = 1, max = 128) @Doc("This server keeps no files: it is refused")
            String fileId,

            @Alias("url") @Length(min = 1, max = 2_000) @Doc("Fetched in the background")
            String sourceUrl,

            @OneOf({"text", "markdown", "html", "pdf", "docx"})
            @Doc("Without it text for content_text; of bytes and addresses it is found out")
            String sourceType,

            @Alias("metadata") ObjectNode metadataJson) {
        Create {
            if (fileId != null) {
                throw Problem.invalid(
                        "file_id", "cannot be used: this server keeps no files; send content_base64 or source_url");
            }
            List<String> given = new ArrayList<>();
            if (contentText != null) given.add("content_text");
            if (contentBase64 != null) given.add("content_base64");
            if (sourceUrl != null) given.add("source_url");
            if (given.isEmpty()) throw Problem.invalid("content_text", "is required, or content_base64, or source_url");
            if (given.size() > 1) throw Problem.invalid(given.get(1), "cannot be given beside " + given.getFirst());
        }
    }

    record Patch(
            @Length(min = 1, max = Cutting.TITLE_LENGTH_MAX) String title,

            @Alias("content") @Length(min = 1, max = Source.BYTES_MAX)
            String contentText,

            @Alias("metadata") ObjectNode metadataJson) {}

    private Reply create(Request request) throws InterruptedException {
        Create body = request.body(Create.class);
        BaseRoutes.checkMetadata(body.metadataJson());
        Source source = source(body);
        if (body.sourceUrl() != null) checkUrl(body.sourceUrl());
        KnowledgeBase base = bases.named(request.workspace().id(), body.knowledgeBaseId());
        String title = body.title() == null ? "" : body.title();
        Documents.New wanted = new Documents.New(
                base,
                title,
                source,
                type(body).orElse(null),
                body.sourceUrl(),
                Documents.orNothing(body.metadataJson()));
        Accepted accepted =
                read(body.contentText() == null ? "content_base64" : "content_text", () -> documents.create(wanted));
        int status = !accepted.fresh() ? 200 : accepted.document().status() == Document.Status.INDEXED ? 201 : 202;
        return Reply.of(status, accepted.document().json().put("duplicate", !accepted.fresh()));
    }

    private interface Reading<T> {
        T read() throws InterruptedException;
    }

    /** What cannot be read is the fault of a field. */
    private static <T> T read(String field, Reading<T> reading) throws InterruptedException {
        try {
            return reading.read();
        } catch (Unreadable unreadable) {
            String why = unreadable.getMessage();
            throw new Problem(422, unreadable.code(), why, List.of(new Problem.FieldError(field, why)), 0);
        }
    }

    private static Optional<SourceType> type(Create body) {
        return Optional.ofNullable(body.sourceType()).flatMap(SourceType::of);
    }

    /** Null when it is to be fetched. */
    private static Source source(Create body) {
        Optional<SourceType> type = type(body);
        if (body.contentText() != null) {
            if (type.isPresent() && !type.get().isText()) {
                throw Problem.invalid(
                        "source_type",
                        "must be text, markdown or html for content_text; send a "
                                + type.get().word() + " as content_base64");
            }
            Source source = Source.of(type.orElse(SourceType.TEXT), body.contentText());
            if (source.content().length > Source.BYTES_MAX) {
                throw Problem.invalid("content_text", "must have at most " + Source.BYTES_MAX + " bytes in UTF-8");
            }
            return source;
        }
        if (body.contentBase64() == null) return null;
        byte[] content;
        try {
            content = Base64.getDecoder().decode(body.contentBase64().replaceAll("\\s", ""));
        } catch (IllegalArgumentException broken) {
            throw Problem.invalid("content_base64", "is not Base64");
        }
        if (content.length == 0) throw Problem.invalid("content_base64", "is empty");
        SourceType found = type.or(() -> Fetching.seen(content)).orElse(SourceType.TEXT);
        return new Source(found, content, null);
    }

    private static void checkUrl(String url) {
        try {
            URI uri = new URI(url);
            boolean http = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null) return;
        } catch (URISyntaxException malformed) {
            // told below
        }
        throw Problem.invalid("source_url", "must be an absolute http or https URL without a password");
    }

    private Reply list(Request request) {
        String workspaceId = request.workspace().id();
        Optional<String> status = request.query("status");
        if (status.isPresent() && !STATUSES.contains(status.get())) {
            throw Problem.malformed("malformed_parameter", "status", "must be one of " + String.join(", ", STATUSES));
        }
        UUID base = request.query("knowledge_base_id")
                .map(named -> bases.named(workspaceId, named).id())
                .orElse(null);
        PageRequest page = PageRequest.of(request.cursor(), request.query("sort"), request.limit());
        DocumentTable.Filter filter = new DocumentTable.Filter(
                base, status.orElse(null), request.query("source_type").orElse(null));
        return Reply.page(documents.list(workspaceId, filter, page), Document::json);
    }

    private Reply chunks(Request request) {
        String workspaceId = request.workspace().id();
        int after = request.cursor().map(KnowledgeDocumentRoutes::position).orElse(0);
        Page<Chunk> page = documents.chunks(workspaceId, request.id("id"), after, request.limit());
        return Reply.page(page, chunk -> chunk.json(workspaceId));
    }

    private static int position(String cursor) {
        if (cursor.matches("\\d{1,9}")) return Integer.parseInt(cursor);
        throw Problem.malformed("malformed_parameter", "cursor", "is not a cursor that this list has returned");
    }

    private Reply patch(Request request) throws InterruptedException {
        Patch body = request.body(Patch.class);
        BaseRoutes.checkMetadata(body.metadataJson());
        Documents.Patch patch = new Documents.Patch(body.title(), body.contentText(), body.metadataJson());
        Document document =
                read("content_text", () -> documents.patch(request.workspace().id(), request.id("id"), patch));
        return Reply.of(document.status() == Document.Status.PENDING ? 202 : 200, document.json());
    }

    private Reply delete(Request request) {
        documents.delete(request.workspace().id(), request.id("id"));
        return Reply.empty(204);
    }
}
