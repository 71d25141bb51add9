package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import dev.agentplatform.tool.OpenApiImport.Item;
import dev.agentplatform.tool.OpenApiImport.What;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST /tools/import}: tools from an OpenAPI document. */
final class ImportRoutes {
    private static final Duration FETCH_LIMIT = Duration.ofSeconds(20);
    private static final int FETCH_BYTES_MAX = 5 * 1024 * 1024;

    private final OpenApiImport importer;
    private final OutboundClient outbound;

    record ImportBody(
            @OneOf({"openapi", "mcp"}) @Doc("openapi by default; mcp is not available yet")
            String source,

            @Doc("The document, as an object or as JSON or YAML text")
            JsonNode document,

            @Length(min = 1, max = 16_000) @Doc("Where the document is fetched from instead")
            String url,

            @Length(min = 1, max = 2_000) @Doc("Where the operations are, by default the document's first server")
            String baseUrl,

            @Length(max = 64) @Doc("In front of the code of each tool")
            String prefix,

            @Length(max = 500) @Doc("Only these operations") List<String> operationIds,

            @Length(max = 100) @Doc("Only operations with one of these tags")
            List<String> tags,

            @Doc("Only tell what would be done") Boolean dryRun) {}

    ImportRoutes(OpenApiImport importer, OutboundClient outbound) {
        this.importer = importer;
        this.outbound = outbound;
    }

    void addTo(Routes routes) {
        routes.post("/tools/import", "Makes tools of the operations of an OpenAPI document")
                .body(ImportBody.class)
                .handle(this::importTools);
    }

    private Reply importTools(Request request) throws InterruptedException {
        ImportBody body = request.body(ImportBody.class);
        if ("mcp".equals(body.source())) {
            throw new Problem(
                    422,
                    "source_not_available",
                    "Tools of MCP servers cannot be imported in this version of the platform.",
                    List.of(new Problem.FieldError("source", "is mcp, which is not available yet")),
                    0);
        }
        if ((body.document() == null) == (body.url() == null)) {
            throw Problem.invalid("document", "is required, or url; not both");
        }
        boolean absolute = body.baseUrl() == null || body.baseUrl().matches("(?i)https?://[^/].*");
        if (!absolute) throw Problem.invalid("base_url", "must begin with http:// or https://");
        JsonNode document = body.url() == null ? body.document() : Json.text(fetched(body.url()));
        OpenApiImport.Asked asked = new OpenApiImport.Asked(
                body.operationIds() == null ? Set.of() : Set.copyOf(body.operationIds()),
                body.tags() == null ? Set.of() : Set.copyOf(body.tags()),
                body.baseUrl(),
                body.url(),
                body.prefix() == null ? "" : body.prefix(),
                Boolean.TRUE.equals(body.dryRun()));
        String workspaceId = ToolRoutes.workspace(request);
        return Reply.of(200, show(workspaceId, asked, run(workspaceId, document, asked)));
    }

    private List<Item> run(String workspaceId, JsonNode document, OpenApiImport.Asked asked) {
        try {
            return importer.run(workspaceId, OpenApiDocument.read(document), asked);
        } catch (OpenApiDocument.Unresolved broken) {
            throw Problem.invalid("document", broken.getMessage());
        }
    }

    private String fetched(String url) throws InterruptedException {
        try {
            OutboundResponse response = outbound.exchange(new OutboundRequest(
                    "GET",
                    url,
                    Map.of("Accept", "application/json, application/yaml"),
                    null,
                    FETCH_LIMIT,
                    FETCH_BYTES_MAX));
            if (response.status() == 200) return response.text();
            throw new Problem(
                    502, "document_not_fetched", "The document's server answered with " + response.status() + ".");
        } catch (OutboundError error) {
            boolean ours =
                    error.code().equals("invalid_request") || error.code().equals("target_forbidden");
            if (ours) throw Problem.invalid("url", error.getMessage());
            int status = error.code().equals("timeout") ? 504 : 502;
            throw new Problem(status, error.code(), "The document cannot be fetched. " + error.getMessage());
        }
    }

    private static ObjectNode show(String workspaceId, OpenApiImport.Asked asked, List<Item> items) {
        ObjectNode json = ToolRoutes.object(workspaceId).put("dry_run", asked.dryRun());
        for (What what : What.values()) json.putArray(what.name().toLowerCase(Locale.ROOT));
        for (Item item : items) {
            json.withArray("/" + item.what().name().toLowerCase(Locale.ROOT)).add(show(item));
        }
        return json;
    }

    private static ObjectNode show(Item item) {
        ObjectNode json = Json.object()
                .put("operation_id", item.operation().id())
                .put("method", item.operation().method().toUpperCase(Locale.ROOT))
                .put("path", item.operation().path());
        if (item.tool() == null) return json.put("reason", item.reason());
        json.put("code", item.tool().code())
                .put("name", item.tool().name())
                .put("tool_id", text(item.toolId()))
                .put("tool_version_id", text(item.versionId()));
        json.set("credential", item.tool().auth());
        return json;
    }

    private static String text(UUID id) {
        return id == null ? null : id.toString();
    }
}
