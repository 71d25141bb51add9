package dev.agentplatform.definition;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.DefinitionText;
import dev.agentplatform.service.DefinitionFormat;
import dev.agentplatform.service.Reference;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Definitions as documents: names instead of ids, no times, the same bytes for the same content. */
final class Export {
    private final Database database;
    private final Catalog catalog;
    private final Map<String, DefinitionFormat> formats = new LinkedHashMap<>();

    Export(Database database, Catalog catalog, List<DefinitionFormat> formats) {
        this.database = database;
        this.catalog = catalog;
        formats.forEach(format -> this.formats.put(format.kind(), format));
    }

    /** @param warnings what another server would not understand, one sentence each */
    record Exported(List<ObjectNode> documents, List<String> warnings) {}

    List<String> kinds() {
        return List.copyOf(formats.keySet());
    }

    Optional<DefinitionFormat> format(String kind) {
        return Optional.ofNullable(formats.get(kind));
    }

    /**
     * By kind, then by code.
     *
     * @param kind null for all
     * @param code null for all
     * @throws Problem 404 when nothing has the code, 413 when it is too much for one answer
     */
    Exported export(String workspaceId, String kind, String code) {
        Exported exported = database.read(sql -> {
            Exported all = new Exported(new ArrayList<>(), new ArrayList<>());
            long characters = 0;
            for (DefinitionFormat format : formats.values()) {
                if (kind != null && !kind.equals(format.kind())) continue;
                for (Definition definition : found(sql, workspaceId, format.kind(), code)) {
                    ObjectNode document = document(sql, format, definition);
                    all.documents().add(document);
                    warnings(format, definition, document, all.warnings());
                    characters += Json.write(document).length();
                    if (all.documents().size() > DefinitionText.DOCUMENTS_MAX
                            || characters > DefinitionText.TEXT_LENGTH_MAX) {
                        throw Problem.tooLarge("There are more definitions than one text may have ("
                                + DefinitionText.DOCUMENTS_MAX + "); ask by kind or code.");
                    }
                }
            }
            return all;
        });
        if (code != null && exported.documents().isEmpty()) {
            String what = kind == null ? "definition" : kind;
            throw new Problem(404, "not_found", "There is no " + what + " with the code " + code + ".");
        }
        return exported;
    }

    private List<Definition> found(Sql sql, String workspaceId, String kind, String code) throws SQLException {
        if (code == null) return catalog.all(sql, workspaceId, kind, DefinitionText.DOCUMENTS_MAX + 1);
        return catalog.findByCode(sql, workspaceId, kind, code).stream().toList();
    }

    /** A definition with its newest version that is not archived. */
    ObjectNode document(Sql sql, DefinitionFormat format, Definition definition) throws SQLException {
        ObjectNode document = Json.object()
                .put("kind", definition.kind())
                .put("code", definition.code())
                .put("name", definition.name());
        if (definition.description() != null) document.put("description", definition.description());
        if (definition.appId() != null) document.put("app_id", definition.appId());
        if (format.typed() && definition.type() != null) document.put("type", definition.type());
        Optional<DefinitionVersion> current = catalog.current(sql, definition);
        if (current.isPresent() && current.get().status() == VersionStatus.DRAFT) document.put("status", "draft");
        format.showSettings(sql, definition, document);
        if (current.isPresent()) {
            document.set(
                    "spec",
                    spec(sql, format, definition.workspaceId(), current.get().body()));
        }
        return document;
    }

    /** What a stored body is in a document: codes where they are known. */
    ObjectNode spec(Sql sql, DefinitionFormat format, String workspaceId, JsonNode body) throws SQLException {
        ObjectNode spec = format.spec(body);
        for (Reference reference : format.references(spec)) {
            if (reference.kind() == null) continue;
            Optional<UUID> id = Ids.parse(reference.name());
            String code = reference.name();
            if (id.isPresent()) {
                Optional<Definition> named = catalog.find(sql, workspaceId, reference.kind(), id.get());
                if (named.isEmpty()) continue;
                code = named.get().code();
            }
            // An id field with a code in it becomes the field of codes, so that one meaning has one spelling.
            reference.name(code);
        }
        return spec;
    }

    private static void warnings(
            DefinitionFormat format, Definition definition, ObjectNode document, List<String> warnings) {
        if (!document.has("spec")) return;
        for (Reference reference : format.references((ObjectNode) document.get("spec"))) {
            if (Ids.parse(reference.name()).isEmpty()) continue;
            warnings.add(definition.kind() + " " + definition.code() + ": spec." + reference.path()
                    + (reference.kind() == null
                            ? " names something by an id, which means nothing on another server"
                            : " names a " + reference.kind() + " that is not there"));
        }
    }
}
