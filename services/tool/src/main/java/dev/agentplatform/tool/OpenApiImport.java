package dev.agentplatform.tool;

import dev.agentplatform.catalog.Catalog.Upserted;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.tool.OpenApiDocument.Operation;
import dev.agentplatform.tool.OpenApiDocument.Unresolved;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Makes tools of the operations of an OpenAPI document. Each tool is a transaction of its own; an import that breaks off
 * is done again, and what is there already stays as it is.
 */
final class OpenApiImport {
    static final int TOOLS_MAX = 500;

    private final Tools tools;

    OpenApiImport(Tools tools) {
        this.tools = tools;
    }

    /**
     * @param operationIds only these; empty for all
     * @param tags only operations with one of these; empty for all
     * @param baseUrl where the operations are, null for what the document says
     * @param fetchedFrom null when the document was sent
     * @param prefix in front of each code
     */
    record Asked(
            Set<String> operationIds,
            Set<String> tags,
            String baseUrl,
            String fetchedFrom,
            String prefix,
            boolean dryRun) {}

    enum What {
        CREATED,
        UPDATED,
        UNCHANGED,
        SKIPPED
    }

    /**
     * What became of one operation.
     *
     * @param tool null when it was skipped
     * @param reason why it was skipped, else null
     * @param toolId null in a dry run that would create it
     * @param versionId null in a dry run
     */
    record Item(What what, Operation operation, OpenApiTool tool, UUID toolId, UUID versionId, String reason) {}

    /** @throws Problem 422 for a document or a selection from which nothing can be made */
    List<Item> run(String workspaceId, OpenApiDocument document, Asked asked) {
        List<Operation> selected = selected(document, asked);
        String baseUrl = asked.baseUrl() != null
                ? asked.baseUrl()
                : document.baseUrl(asked.fetchedFrom())
                        .orElseThrow(() -> Problem.invalid(
                                "base_url", "is required: the document names no server with an absolute address"));
        List<Item> items = new ArrayList<>();
        Map<String, Operation> codes = new HashMap<>();
        for (Operation operation : selected) {
            String code = OpenApiTool.code(operation, asked.prefix());
            Operation before = codes.putIfAbsent(code, operation);
            if (before != null) {
                items.add(skipped(operation, "the code " + code + " is that of " + before.id() + " already"));
            } else {
                items.add(one(workspaceId, document, operation, baseUrl, asked));
            }
        }
        return items;
    }

    private static List<Operation> selected(OpenApiDocument document, Asked asked) {
        List<Operation> all = document.operations();
        Set<String> unknown = new HashSet<>(asked.operationIds());
        all.forEach(operation -> unknown.remove(operation.id()));
        if (!unknown.isEmpty()) throw Problem.invalid("operation_ids", "are not in the document: " + unknown);
        List<Operation> selected = all.stream()
                .filter(it ->
                        asked.operationIds().isEmpty() || asked.operationIds().contains(it.id()))
                .filter(it -> asked.tags().isEmpty() || it.tags().stream().anyMatch(asked.tags()::contains))
                .toList();
        if (selected.isEmpty()) throw Problem.invalid("document.paths", "has no operation that was asked for");
        if (selected.size() > TOOLS_MAX) {
            throw Problem.invalid(
                    "document.paths", "would make more than " + TOOLS_MAX + " tools; choose by operation_ids or tags");
        }
        return selected;
    }

    private Item one(String workspaceId, OpenApiDocument document, Operation operation, String baseUrl, Asked asked) {
        OpenApiTool tool;
        try {
            tool = OpenApiTool.of(document, operation, baseUrl, asked.prefix());
            ToolVersionCheck.check(ToolType.HTTP, tool.body());
        } catch (Unresolved broken) {
            return skipped(operation, broken.getMessage());
        } catch (Problem refused) {
            return skipped(operation, refused.detail());
        }
        Optional<Definition> known = tools.findByCode(workspaceId, tool.code());
        if (known.isPresent() && Tools.type(known.get()) != ToolType.HTTP) {
            String type = Tools.type(known.get()).word();
            return skipped(operation, "there is a tool of the type " + type + " with the code " + tool.code());
        }
        return asked.dryRun() ? wouldBe(workspaceId, operation, tool, known) : store(workspaceId, operation, tool);
    }

    private Item store(String workspaceId, Operation operation, OpenApiTool tool) {
        Upserted done =
                tools.upsert(workspaceId, tool.code(), tool.name(), ToolType.HTTP, tool.description(), tool.body());
        What what = done.created() ? What.CREATED : done.versionCreated() ? What.UPDATED : What.UNCHANGED;
        return new Item(
                what, operation, tool, done.definition().id(), done.version().id(), null);
    }

    private Item wouldBe(String workspaceId, Operation operation, OpenApiTool tool, Optional<Definition> known) {
        if (known.isEmpty()) return new Item(What.CREATED, operation, tool, null, null, null);
        JsonNode now = known.get().lastNo() == 0
                ? Json.nothing()
                : tools.newest(workspaceId, known.get()).body();
        boolean same = Json.parse(Json.write(tool.body())).equals(now);
        return new Item(
                same ? What.UNCHANGED : What.UPDATED,
                operation,
                tool,
                known.get().id(),
                null,
                null);
    }

    private static Item skipped(Operation operation, String reason) {
        return new Item(What.SKIPPED, operation, null, null, null, reason);
    }
}
