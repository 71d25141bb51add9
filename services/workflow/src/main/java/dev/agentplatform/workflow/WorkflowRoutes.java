package dev.agentplatform.workflow;

import dev.agentplatform.catalog.Catalog.Upserted;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Times;
import dev.agentplatform.queue.QueueLimits;
import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Required;
import dev.agentplatform.web.Routes;
import dev.agentplatform.workflow.dsl.DefinitionText;
import dev.agentplatform.workflow.dsl.Diff;
import dev.agentplatform.workflow.dsl.Fault;
import dev.agentplatform.workflow.dsl.Findings;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The paths under {@code /workflows} but those of the apps: parse, call, render. */
final class WorkflowRoutes {
    private static final String YAML = "application/yaml";

    private final Workflows workflows;

    record WorkflowBody(
            @Doc("The caller's own name of an application") String appId,

            @Required @Length(min = 1, max = 128) @Doc("Unique in its workspace")
            String code,

            @Required @Length(min = 1, max = 200) String name,
            String description) {}

    record WorkflowPatchBody(
            String appId,
            @Length(min = 1, max = 200) String name,
            String description,

            @Range(min = 0, max = QueueLimits.MAX)
            @Doc("How many runs may execute at once, 0 for no limit; those that wait do not count")
            Integer maxConcurrentRuns) {}

    record VersionBody(
            @Required UUID workflowId,
            @Required @Alias("dsl") @Doc("nodes and edges") JsonNode dslJson,

            @OneOf({"draft", "published"}) @Doc("By default draft, which may have faults")
            String status) {}

    record ValidateBody(
            @Required @Alias("dsl") @Doc("nodes and edges") JsonNode dslJson) {}

    WorkflowRoutes(Workflows workflows) {
        this.workflows = workflows;
    }

    void addTo(Routes routes) {
        addWorkflows(routes);
        addVersions(routes);
        addExchange(routes);
    }

    private void addWorkflows(Routes routes) {
        routes.post("/workflows", "Creates a workflow")
                .body(WorkflowBody.class)
                .answers(201, "The workflow")
                .handle(this::create);
        routes.get("/workflows", "Lists workflows, newest first")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("code", "string", "Only the one with this code")
                .query("name", "string", "Only with this name")
                .query("app_id", "string", "Only of this application")
                .handle(this::list);
        routes.get("/workflows/{id}", "Shows a workflow")
                .handle(request ->
                        Reply.of(200, show(workflows.find(request.workspace().id(), request.id("id")))));
        routes.patch("/workflows/{id}", "Changes a workflow; fields left out stay")
                .body(WorkflowPatchBody.class)
                .handle(this::patch);
        routes.delete("/workflows/{id}", "Deletes a workflow that has no versions")
                .answers(204, "Deleted")
                .handle(this::delete);
    }

    private void addVersions(Routes routes) {
        routes.post("/workflows/versions", "Saves the next version of a workflow")
                .body(VersionBody.class)
                .answers(201, "The version")
                .handle(this::save);
        routes.get("/workflows/{id}/versions", "Lists the versions of a workflow, newest first, without dsl_json")
                .paged()
                .query("sort", "string", "created_time or -created_time")
                .query("status", "string", "draft, published or archived")
                .handle(this::versions);
        routes.get("/workflows/versions/{id}", "Shows a version")
                .handle(request ->
                        Reply.of(200, show(workflows.version(request.workspace().id(), versionId(request, "id")))));
        routes.post("/workflows/versions/{id}/publish", "Publishes a version; 422 with every fault it has")
                .handle(request ->
                        Reply.of(200, show(workflows.publish(request.workspace().id(), versionId(request, "id")))));
        routes.post("/workflows/versions/{id}/archive", "Takes a version out of use; runs that have begun keep it")
                .handle(request ->
                        Reply.of(200, show(workflows.archive(request.workspace().id(), versionId(request, "id")))));
        routes.get("/workflows/versions/{a}/diff/{b}", "Shows what changed from one version to another")
                .handle(this::diff);
        routes.post("/workflows/validate", "Tells every problem of a text at once, and stores nothing")
                .body(ValidateBody.class)
                .handle(this::validate);
    }

    private void addExchange(Routes routes) {
        routes.get("/workflows/{id}/export", "Gives a workflow with one version as a document")
                .query("format", "string", "yaml (default) or json")
                .query("version", "integer", "Number of the version, by default the newest")
                .handle(this::export);
        routes.post("/workflows/import", "Takes an exported document: creates the workflow, or saves what differs")
                .answers(200, "Nothing was new but names or status")
                .answers(201, "A workflow or a version was created")
                .handle(this::importDocument);
    }

    private Reply create(Request request) {
        WorkflowBody body = request.body(WorkflowBody.class);
        Definition workflow =
                workflows.create(request.workspace().id(), body.code(), body.name(), body.appId(), body.description());
        return Reply.of(201, show(workflow));
    }

    private Reply list(Request request) {
        return Reply.page(
                workflows.list(
                        request.workspace().id(),
                        request.query("code").orElse(null),
                        request.query("name").orElse(null),
                        request.query("app_id").orElse(null),
                        page(request)),
                this::show);
    }

    private Reply patch(Request request) {
        WorkflowPatchBody body = request.body(WorkflowPatchBody.class);
        Definition workflow = workflows.patch(
                request.workspace().id(),
                request.id("id"),
                new Workflows.Patch(body.name(), body.appId(), body.description(), body.maxConcurrentRuns()));
        return Reply.of(200, show(workflow));
    }

    private Reply delete(Request request) {
        workflows.delete(request.workspace().id(), request.id("id"));
        return Reply.empty(204);
    }

    private Reply save(Request request) {
        VersionBody body = request.body(VersionBody.class);
        VersionStatus status = "published".equals(body.status()) ? VersionStatus.PUBLISHED : VersionStatus.DRAFT;
        return Reply.of(201, show(workflows.save(request.workspace().id(), body.workflowId(), body.dslJson(), status)));
    }

    private Reply versions(Request request) {
        VersionStatus status = request.query("status")
                .map(word -> VersionStatus.of(word)
                        .orElseThrow(() -> Problem.malformed(
                                "malformed_parameter", "status", "must be draft, published or archived")))
                .orElse(null);
        return Reply.page(
                workflows.versions(request.workspace().id(), request.id("id"), status, page(request)), version -> {
                    ObjectNode json = show(version);
                    json.remove("dsl_json");
                    return json;
                });
    }

    private Reply diff(Request request) {
        String workspaceId = request.workspace().id();
        DefinitionVersion from = workflows.version(workspaceId, versionId(request, "a"));
        DefinitionVersion to = workflows.version(workspaceId, versionId(request, "b"));
        Diff diff = Diff.between(from.body(), to.body());
        ObjectNode json = object(workspaceId)
                .put("from_version_id", from.id().toString())
                .put("to_version_id", to.id().toString())
                .put("same", diff.isEmpty());
        json.set("nodes_added", Reply.tree(diff.nodesAdded()));
        json.set("nodes_removed", Reply.tree(diff.nodesRemoved()));
        json.set("nodes_changed", Reply.tree(diff.nodesChanged()));
        json.set("edges_added", Reply.tree(diff.edgesAdded()));
        json.set("edges_removed", Reply.tree(diff.edgesRemoved()));
        return Reply.of(200, json);
    }

    private Reply validate(Request request) {
        Findings findings = workflows.check(request.body(ValidateBody.class).dslJson());
        ObjectNode json = object(request.workspace().id()).put("valid", findings.valid());
        json.set("problems", show(findings.faults()));
        json.set("warnings", show(findings.warnings()));
        return Reply.of(200, json);
    }

    private Reply export(Request request) {
        String format = request.query("format").orElse("yaml");
        if (!format.equals("yaml") && !format.equals("json")) {
            throw Problem.malformed("malformed_parameter", "format", "must be yaml or json");
        }
        Integer no = request.query("version").isEmpty() ? null : request.intQuery("version", 1, 1, Integer.MAX_VALUE);
        ObjectNode document =
                workflows.export(request.workspace().id(), request.id("id"), no).document();
        return format.equals("yaml") ? Reply.text(200, YAML, DefinitionText.write(document)) : Reply.of(200, document);
    }

    /** The body is the document, or holds it in {@code document} as text or as an object. */
    private Reply importDocument(Request request) {
        JsonNode body = request.rawJson();
        JsonNode document = body.has("document") ? body.get("document") : body;
        if (document.isString()) document = DefinitionText.read(document.stringValue());
        if (!document.isObject()) throw Problem.invalid("document", "must be a text or an object");
        Upserted done = workflows.importFile(request.workspace().id(), WorkflowFile.of(document));
        ObjectNode json = object(request.workspace().id())
                .put("workflow_created", done.created())
                .put("version_created", done.versionCreated());
        json.set("workflow", show(done.definition()));
        json.set("version", show(done.version()));
        return Reply.of(done.created() || done.versionCreated() ? 201 : 200, json);
    }

    private static PageRequest page(Request request) {
        return PageRequest.of(request.cursor(), request.query("sort"), request.limit());
    }

    private static UUID versionId(Request request, String parameter) {
        return request.id(parameter, "workflow version");
    }

    // ---- as clients see them

    private ObjectNode show(Definition workflow) {
        OptionalInt runsMax = workflows.runsMax(workflow);
        UUID published = workflow.publishedVersionId();
        return object(workflow.workspaceId())
                .put("id", workflow.id().toString())
                .put("app_id", workflow.appId())
                .put("code", workflow.code())
                .put("name", workflow.name())
                .put("description", workflow.description())
                .put("published_version_id", published == null ? null : published.toString())
                .put("last_version_no", workflow.lastNo())
                .put("max_concurrent_runs", runsMax.isEmpty() ? null : runsMax.getAsInt())
                .put("created_time", Times.format(workflow.createdTime()))
                .put("updated_time", Times.format(workflow.updatedTime()));
    }

    private static ObjectNode show(DefinitionVersion version) {
        ObjectNode json = object(version.workspaceId())
                .put("id", version.id().toString())
                .put("workflow_id", version.definitionId().toString())
                .put("version_no", version.versionNo())
                .put("status", version.status().word())
                .put("created_time", Times.format(version.createdTime()))
                .put("published_time", Times.formatOrNull(version.publishedTime()));
        json.set("dsl_json", version.body());
        return json;
    }

    private static ArrayNode show(List<Fault> faults) {
        ArrayNode list = Json.array();
        for (Fault fault : faults) {
            list.add(Json.object()
                    .put("path", fault.path())
                    .put("node", fault.node())
                    .put("edge", fault.edge())
                    .put("code", fault.code())
                    .put("message", fault.message()));
        }
        return list;
    }

    private static ObjectNode object(String workspaceId) {
        return Json.object().put("workspace_id", workspaceId).put("tenant_id", workspaceId);
    }
}
