package dev.agentplatform.definition;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.language.DefinitionText;
import dev.agentplatform.web.Reply;
import dev.agentplatform.web.Request;
import dev.agentplatform.web.Routes;
import dev.agentplatform.web.StorableText;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code /definitions}: parse, call, render. */
final class DocumentRoutes {
    private static final String YAML = "application/yaml; charset=utf-8";

    private final Export export;
    private final Apply apply;

    DocumentRoutes(Export export, Apply apply) {
        this.export = export;
        this.apply = apply;
    }

    void addTo(Routes routes) {
        routes.get("/definitions/export", "Definitions as documents, without ids, times and secrets")
                .query("kind", "string", "Only of this kind: " + String.join(", ", export.kinds()))
                .query("code", "string", "Only with this code")
                .query("format", "string", "yaml (default) or json")
                .handle(this::export);
        routes.post("/definitions/apply", "Makes definitions be as YAML or JSON documents say, all or none")
                .anyJson()
                .yaml()
                .query("dry_run", "boolean", "true: only tells what would change")
                .query("publish", "boolean", "Whether new versions are published; by default as each document says")
                .handle(this::apply);
    }

    private Reply export(Request request) {
        String kind = request.query("kind").orElse(null);
        if (kind != null && export.format(kind).isEmpty()) {
            throw Problem.malformed(
                    "malformed_parameter", "kind", "must be one of " + String.join(", ", export.kinds()));
        }
        String format = request.query("format").orElse("yaml");
        if (!format.equals("yaml") && !format.equals("json")) {
            throw Problem.malformed("malformed_parameter", "format", "must be yaml or json");
        }
        Export.Exported exported = export.export(
                request.workspace().id(), kind, request.query("code").orElse(null));
        if (format.equals("json")) {
            ObjectNode json = Json.object();
            json.putArray("documents").addAll(exported.documents());
            exported.warnings().forEach(json.putArray("warnings")::add);
            return Reply.of(200, json);
        }
        StringBuilder text = new StringBuilder();
        for (String warning : exported.warnings())
            text.append("# ").append(warning).append('\n');
        return Reply.text(
                200,
                YAML,
                text.append(DefinitionText.writeAll(exported.documents())).toString());
    }

    private Reply apply(Request request) {
        boolean dryRun = request.flagQuery("dry_run", false);
        Boolean publish = request.query("publish").isEmpty() ? null : request.flagQuery("publish", true);
        String text = text(request.rawBody());
        List<JsonNode> documents = listed(request, DefinitionText.readAll(text));
        if (documents.isEmpty()) throw Problem.malformed("malformed", "There is no document in the body.");
        documents.forEach(StorableText::check);
        try {
            return Reply.of(200, show(apply.apply(request.workspace().id(), documents, publish, dryRun), dryRun));
        } catch (Problem refused) {
            throw withLines(refused, text);
        }
    }

    /** Documents of a body in JSON: one, a list of them, or a list in {@code documents}. */
    private static List<JsonNode> listed(Request request, List<JsonNode> read) {
        if (read.size() != 1 || !(read.getFirst() instanceof ObjectNode one)) return read;
        // JSON may name the workspace, which was read already.
        if (!request.rawJson().isEmpty()) one.remove(List.of("workspace_id", "tenant_id"));
        if (!one.has("documents") || one.has("kind")) return read;
        if (!one.get("documents").isArray()) throw Problem.invalid("documents", "must be a list");
        return one.get("documents").valueStream().toList();
    }

    private static String text(byte[] body) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException notUtf8) {
            throw Problem.malformed("malformed", "The body is not valid UTF-8.");
        }
    }

    /** Of YAML people want to know the line, too. */
    private static Problem withLines(Problem refused, String text) {
        boolean documents =
                refused.errors().stream().allMatch(error -> error.path().startsWith("documents."));
        if (refused.errors().isEmpty() || !documents || text.stripLeading().startsWith("{")) return refused;
        Map<String, Integer> lines = DefinitionText.lines(
                text, refused.errors().stream().map(DocumentRoutes::place).collect(Collectors.toSet()));
        List<FieldError> errors = refused.errors().stream()
                .map(error -> {
                    Integer line = lines.get(place(error));
                    return line == null
                            ? error
                            : new FieldError(error.path(), error.message() + " (line " + line + ")");
                })
                .toList();
        return new Problem(refused.status(), refused.code(), refused.detail(), errors, 0);
    }

    private static String place(FieldError error) {
        return error.path().substring("documents.".length());
    }

    private static ObjectNode show(Apply.Applied applied, boolean dryRun) {
        ObjectNode json = Json.object().put("dry_run", dryRun);
        for (Apply.What what : Apply.What.values()) {
            long count =
                    applied.items().stream().filter(item -> item.what() == what).count();
            json.put(word(what), count);
        }
        ArrayNode items = json.putArray("items");
        applied.items().forEach(item -> items.add(show(item)));
        applied.warnings().forEach(json.putArray("warnings")::add);
        return json;
    }

    private static ObjectNode show(Apply.Item item) {
        ObjectNode json = Json.object()
                .put("document", item.document().no())
                .put("kind", item.document().kind())
                .put("code", item.document().code())
                .put("action", word(item.what()))
                .put("version_no", item.versionNo())
                .put("published", item.published());
        ArrayNode changes = json.putArray("changes");
        for (Changes.Change change : item.changes()) {
            ObjectNode shown = changes.addObject().put("path", change.path());
            if (change.from() != null) shown.set("from", change.from());
            if (change.to() != null) shown.set("to", change.to());
        }
        return json;
    }

    private static String word(Apply.What what) {
        return what.name().toLowerCase(Locale.ROOT);
    }
}
