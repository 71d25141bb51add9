package dev.agentplatform.web;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Workspace;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Finds the workspace of a request: header, query, body; every source that names one must name the same. */
final class Workspaces {
    private static final String WORKSPACE = "workspace_id";
    private static final String TENANT = "tenant_id";

    private Workspaces() {}

    /** Empty when no source names one. */
    static Optional<Workspace> find(Request request, JsonNode body) {
        Found found = new Found();
        found.add("x-workspace-id", request.header("x-workspace-id"));
        found.add("x-tenant-id", request.header("x-tenant-id"));
        found.add(WORKSPACE, request.query(WORKSPACE));
        found.add(TENANT, request.query(TENANT));
        found.add(WORKSPACE, text(body, WORKSPACE));
        found.add(TENANT, text(body, TENANT));
        return Optional.ofNullable(found.workspace);
    }

    private static Optional<String> text(JsonNode body, String field) {
        JsonNode value = body.get(field);
        if (value == null || value.isNull()) return Optional.empty();
        if (!value.isString()) throw Problem.invalid(field, "must be a text");
        return Optional.of(value.stringValue());
    }

    private static final class Found {
        private String source;
        private Workspace workspace;

        void add(String from, Optional<String> id) {
            if (id.isEmpty()) return;
            if (workspace == null) {
                workspace = workspace(from, id.get());
                source = from;
            } else if (!workspace.id().equals(id.get())) {
                throw Problem.malformed(
                        "workspace_conflict", "The request names two workspaces: " + source + " and " + from + ".");
            }
        }

        private static Workspace workspace(String from, String id) {
            if (id.equals(Workspace.PUBLIC.id())) return Workspace.PUBLIC;
            try {
                return new Workspace(id);
            } catch (Problem malformed) {
                throw Problem.invalid(from, malformed.errors().getFirst().message());
            }
        }
    }
}
