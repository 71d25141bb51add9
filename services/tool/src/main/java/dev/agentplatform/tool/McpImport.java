package dev.agentplatform.tool;

import dev.agentplatform.catalog.Catalog.Upserted;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Page;
import dev.agentplatform.kernel.PageRequest;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.tool.McpSession.Deadline;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes tools of the tools of an MCP server. Each is a transaction of its own; an import that breaks off is done again, and
 * what is there already stays as it is.
 */
final class McpImport {
    private static final int NAME_LENGTH_MAX = 200;
    private static final int DESCRIPTION_LENGTH_MAX = 5_000;

    private final Tools tools;
    private final McpServers servers;

    McpImport(Tools tools, McpServers servers) {
        this.tools = tools;
        this.servers = servers;
    }

    /**
     * @param server the fields that name it, as in {@code invoke_config_json}
     * @param credentialId null for none
     * @param names only these; empty for all
     * @param prefix in front of each code
     */
    record Asked(ObjectNode server, UUID credentialId, Set<String> names, String prefix, boolean dryRun) {}

    enum What {
        CREATED,
        UPDATED,
        UNCHANGED,
        SKIPPED,
        /** Imported from this server before, and not in its list any more. */
        MISSING
    }

    /**
     * What became of one tool.
     *
     * @param changes names of what is new about it, for {@code UPDATED}
     * @param toolId null in a dry run that would create it, and when it was skipped
     * @param versionId null in a dry run
     * @param reason why it was skipped, else null
     */
    record Item(
            What what,
            String remoteName,
            String code,
            String name,
            List<String> changes,
            UUID toolId,
            UUID versionId,
            String reason) {}

    /** A remote tool as it is kept. */
    private record Kept(String code, String name, String description, ObjectNode body) {}

    /**
     * @throws Problem 422 for a server or a selection that cannot be, 502 or 504 when the server does not tell its tools
     */
    List<Item> run(String workspaceId, Asked asked, Deadline deadline) throws InterruptedException {
        List<JsonNode> listed = listed(workspaceId, asked, deadline);
        Set<String> unknown = new HashSet<>(asked.names());
        listed.forEach(tool -> unknown.remove(tool.path("name").asString("")));
        if (!unknown.isEmpty()) throw Problem.invalid("tool_names", "are not in the list of the server: " + unknown);
        List<Item> items = new ArrayList<>();
        Map<String, String> codes = new HashMap<>();
        for (JsonNode remote : listed) {
            String remoteName = remote.path("name").asString("");
            if (!asked.names().isEmpty() && !asked.names().contains(remoteName)) continue;
            String code = Tools.codeOf(asked.prefix() + remoteName);
            String before = codes.putIfAbsent(code, remoteName);
            if (remoteName.isBlank() || code.isEmpty()) items.add(skipped(remoteName, "it has no name"));
            else if (before != null)
                items.add(skipped(remoteName, "the code " + code + " is that of " + before + " already"));
            else items.add(one(workspaceId, remoteName, code, remote, asked));
        }
        items.addAll(missing(workspaceId, listed, asked));
        return items;
    }

    private List<JsonNode> listed(String workspaceId, Asked asked, Deadline deadline) throws InterruptedException {
        Mask mask = Mask.NONE;
        try {
            McpServer server = McpServer.of(asked.server(), Json.object());
            McpServers.Access access = servers.access(workspaceId, server, asked.credentialId());
            mask = access.mask();
            List<JsonNode> all = servers.use(access, deadline, session -> session.tools(deadline));
            List<JsonNode> shown = new ArrayList<>();
            // A server may put what it was sent into its descriptions.
            for (JsonNode tool : all) shown.add(mask.tree(tool));
            return shown;
        } catch (McpFailure failure) {
            String message = mask.text(failure.getMessage());
            boolean ours =
                    failure.code().equals("invalid_request") || failure.code().equals("target_forbidden");
            if (ours) throw Problem.invalid(McpServer.URL, message);
            int status = failure.code().equals("timeout") ? 504 : 502;
            throw new Problem(status, failure.code(), "The tools of the server cannot be listed. " + message);
        }
    }

    private Item one(String workspaceId, String remoteName, String code, JsonNode remote, Asked asked) {
        Kept kept = kept(remoteName, code, remote, asked);
        try {
            tools.check(ToolType.MCP, kept.body());
        } catch (Problem refused) {
            return skipped(remoteName, refused.detail());
        }
        Optional<Definition> known = tools.findByCode(workspaceId, code);
        if (known.isPresent() && Tools.type(known.get()) != ToolType.MCP) {
            String type = Tools.type(known.get()).word();
            return skipped(remoteName, "there is a tool of the type " + type + " with the code " + code);
        }
        List<String> changes = known.isPresent() ? changes(workspaceId, known.get(), kept) : List.of();
        What what = known.isEmpty() ? What.CREATED : changes.isEmpty() ? What.UNCHANGED : What.UPDATED;
        UUID toolId = known.map(Definition::id).orElse(null);
        UUID versionId = null;
        if (!asked.dryRun()) {
            Upserted done = tools.upsert(workspaceId, code, kept.name(), ToolType.MCP, kept.description(), kept.body());
            toolId = done.definition().id();
            versionId = done.version().id();
        }
        return new Item(what, remoteName, code, kept.name(), changes, toolId, versionId, null);
    }

    private static Kept kept(String remoteName, String code, JsonNode remote, Asked asked) {
        ObjectNode config = Json.object();
        config.setAll(asked.server());
        config.put(McpCalls.TOOL_NAME, remoteName);
        if (asked.credentialId() != null)
            config.put(McpCalls.CREDENTIAL, asked.credentialId().toString());
        ObjectNode body = Json.object();
        body.set(ToolVersion.INPUT_SCHEMA, remote.path("inputSchema"));
        body.set(ToolVersion.INVOKE_CONFIG, config);
        if (remote.path("outputSchema").isObject()) body.set(ToolVersion.OUTPUT_SCHEMA, remote.path("outputSchema"));
        String title = remote.path("title")
                .asString(remote.path("annotations").path("title").asString(""))
                .strip();
        String description = remote.path("description").asString("").strip();
        return new Kept(
                code,
                Tools.cut(title.isEmpty() ? remoteName : title, NAME_LENGTH_MAX),
                Tools.cut(description, DESCRIPTION_LENGTH_MAX),
                body);
    }

    private List<String> changes(String workspaceId, Definition known, Kept kept) {
        List<String> changes = new ArrayList<>();
        if (!kept.name().equals(known.name())) changes.add("name");
        if (!Objects.equals(kept.description(), known.description())) changes.add("description");
        if (known.lastNo() == 0) {
            changes.add("version");
            return changes;
        }
        JsonNode now = tools.newest(workspaceId, known).body();
        // Stored text is what counts.
        JsonNode wanted = Json.parse(Json.write(kept.body()));
        for (String field : List.of(ToolVersion.INPUT_SCHEMA, ToolVersion.OUTPUT_SCHEMA, ToolVersion.INVOKE_CONFIG)) {
            if (!wanted.path(field).equals(now.path(field))) changes.add(field);
        }
        return changes;
    }

    /** Tools of this server that were imported with this prefix, and are not listed now. */
    private List<Item> missing(String workspaceId, List<JsonNode> listed, Asked asked) {
        Set<String> names = new HashSet<>();
        listed.forEach(tool -> names.add(tool.path("name").asString("")));
        List<Item> missing = new ArrayList<>();
        UUID after = null;
        do {
            PageRequest request = new PageRequest(after, true, Page.LIMIT_MAX);
            Page<Definition> page = tools.list(workspaceId, ToolType.MCP.word(), null, null, request);
            for (Definition tool : page.items()) {
                if (tool.publishedVersionId() == null || !tool.code().startsWith(Tools.codeOf(asked.prefix())))
                    continue;
                JsonNode config = tools.newest(workspaceId, tool).body().path(ToolVersion.INVOKE_CONFIG);
                String name = config.path(McpCalls.TOOL_NAME).asString("");
                if (!sameServer(config, asked.server()) || names.contains(name)) continue;
                missing.add(new Item(
                        What.MISSING,
                        name,
                        tool.code(),
                        tool.name(),
                        List.of(),
                        tool.id(),
                        tool.publishedVersionId(),
                        null));
            }
            after = page.nextCursor() == null ? null : page.items().getLast().id();
        } while (after != null);
        return missing;
    }

    private static boolean sameServer(JsonNode config, JsonNode server) {
        for (String field : List.of(McpServer.URL, McpServer.COMMAND, McpServer.ARGS)) {
            if (!config.path(field).equals(server.path(field))) return false;
        }
        return true;
    }

    private static Item skipped(String remoteName, String reason) {
        return new Item(What.SKIPPED, remoteName, null, null, List.of(), null, null, reason);
    }
}
