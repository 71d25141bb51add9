package dev.agentplatform.definition;

import dev.agentplatform.catalog.Catalog;
import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.DefinitionVersion;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.service.DefinitionFormat;
import dev.agentplatform.service.Reference;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import dev.agentplatform.store.UniqueViolation;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Makes definitions be as documents say: all of them in one transaction, or none. What is not in the documents stays as it
 * is. A definition that is as its document says is not touched.
 */
final class Apply {
    private static final int ERRORS_MAX = 100;

    private final Database database;
    private final Catalog catalog;
    private final Export export;

    Apply(Database database, Catalog catalog, Export export) {
        this.database = database;
        this.catalog = catalog;
        this.export = export;
    }

    enum What {
        CREATED,
        UPDATED,
        UNCHANGED
    }

    /**
     * What became of one document.
     *
     * @param versionNo of the version that is like the document; null without a spec
     * @param published whether that version is
     * @param changes of an updated definition
     */
    record Item(Document document, What what, Integer versionNo, boolean published, List<Changes.Change> changes) {}

    /** @param warnings what may be a slip but is no fault, one sentence each */
    record Applied(List<Item> items, List<String> warnings) {}

    /** Ends a transaction that was only to be looked at. */
    private static final class Looked extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient Applied applied;

        Looked(Applied applied) {
            super(null, null, false, false);
            this.applied = applied;
        }
    }

    /**
     * @param publish whether new versions are published; null when each document says it
     * @param dryRun changes nothing, and answers the same
     * @throws Problem 422 with every fault of every document
     */
    Applied apply(String workspaceId, List<JsonNode> sent, Boolean publish, boolean dryRun) {
        List<Document> documents = ordered(checked(workspaceId, sent, publish));
        Database.Work<Applied> work = sql -> {
            Applied applied = store(sql, workspaceId, documents);
            if (dryRun) throw new Looked(applied);
            return applied;
        };
        Applied applied;
        try {
            applied = database.transact(work);
        } catch (UniqueViolation createdMeanwhile) {
            applied = database.transact(work);
        } catch (Looked looked) {
            return looked.applied;
        }
        documents.stream().map(Document::format).distinct().forEach(DefinitionFormat::applied);
        return applied;
    }

    // ---- before anything is changed

    private List<Document> checked(String workspaceId, List<JsonNode> sent, Boolean publish) {
        List<Document> documents = new ArrayList<>();
        List<FieldError> errors = new ArrayList<>();
        Map<String, Integer> first = new HashMap<>();
        for (int no = 0; no < sent.size(); no++) {
            try {
                Document document = Document.of(workspaceId, no, sent.get(no), export, publish);
                Integer before = first.putIfAbsent(document.kind() + " " + document.code(), no);
                if (before != null) {
                    throw Problem.invalid("code", "is that of document " + (before + 1) + " already");
                }
                refuseOtherType(workspaceId, document);
                documents.add(document);
            } catch (Problem refused) {
                for (FieldError error : refused.errors()) {
                    errors.add(new FieldError(Document.joined("documents." + no, error.path()), error.message()));
                }
            }
        }
        if (!errors.isEmpty()) throw refusal(sent, errors);
        return documents;
    }

    private void refuseOtherType(String workspaceId, Document document) {
        Optional<Definition> known = catalog.findByCode(workspaceId, document.kind(), document.code());
        if (known.isEmpty()) return;
        String is = known.get().type();
        String wanted = document.head().type();
        if (wanted == null || wanted.equals(is)) return;
        throw Problem.invalid(
                "type", "is " + wanted + ", but the " + document.kind() + " is of the type " + is + ", which stays");
    }

    private static Problem refusal(List<JsonNode> sent, List<FieldError> errors) {
        FieldError first = errors.getFirst();
        String[] parts = first.path().split("\\.", 3);
        int no = Integer.parseInt(parts[1]);
        String field = parts.length < 3 ? "" : parts[2] + ": ";
        String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
        String detail = Document.shown(no, sent.get(no)) + ": " + field + first.message() + more;
        return new Problem(422, "invalid", detail, errors.subList(0, Math.min(ERRORS_MAX, errors.size())), 0);
    }

    /** What is named comes before what names it, as far as that can be. */
    private static List<Document> ordered(List<Document> documents) {
        Map<String, Document> byName = new HashMap<>();
        documents.forEach(it -> byName.put(it.kind() + " " + it.code(), it));
        Set<Document> ordered = new LinkedHashSet<>();
        Set<Document> begun = new LinkedHashSet<>();
        for (Document document : documents) visit(document, byName, begun, ordered);
        return List.copyOf(ordered);
    }

    private static void visit(
            Document document, Map<String, Document> byName, Set<Document> begun, Set<Document> ordered) {
        if (!begun.add(document)) return;
        for (Reference reference : document.references()) {
            Document named = byName.get(reference.kind() + " " + reference.name());
            if (named != null) visit(named, byName, begun, ordered);
        }
        ordered.add(document);
    }

    // ---- the change

    /** What is known of a document while it is stored. @param before null for a new definition */
    private record Stored(Document document, Definition definition, ObjectNode before, DefinitionVersion version) {}

    private Applied store(Sql sql, String workspaceId, List<Document> documents) throws SQLException {
        List<Stored> stored = new ArrayList<>();
        for (Document document : locksInOrder(documents)) {
            catalog.lockByCode(sql, workspaceId, document.kind(), document.code());
        }
        for (Document document : documents) stored.add(version(sql, workspaceId, document));
        List<Item> items = new ArrayList<>();
        // Settings may name definitions that come later in the documents.
        for (Stored each : stored) items.add(settings(sql, each));
        return new Applied(items, warnings(sql, workspaceId, documents));
    }

    /** Two applications at once take their locks in one order. */
    private static List<Document> locksInOrder(List<Document> documents) {
        return documents.stream()
                .sorted(Comparator.comparing(Document::kind).thenComparing(Document::code))
                .toList();
    }

    private Stored version(Sql sql, String workspaceId, Document document) throws SQLException {
        Optional<Definition> known = catalog.lockByCode(sql, workspaceId, document.kind(), document.code());
        ObjectNode before = known.isEmpty() ? null : export.document(sql, document.format(), known.get());
        Definition definition = known.isEmpty()
                ? catalog.create(sql, workspaceId, document.head())
                : catalog.rename(sql, known.get(), document.head());
        if (document.body() == null) return new Stored(document, definition, before, null);
        Optional<DefinitionVersion> current = catalog.current(sql, definition);
        DefinitionVersion version;
        if (current.isEmpty() || !same(sql, document, current.get())) {
            version = catalog.save(sql, definition, document.body(), document.status());
        } else if (document.status() == VersionStatus.PUBLISHED) {
            version = catalog.publish(sql, current.get());
        } else {
            version = current.get();
        }
        return new Stored(document, definition, before, version);
    }

    /** By what a document would show, so that an id and the code of the same thing are the same. */
    private boolean same(Sql sql, Document document, DefinitionVersion current) throws SQLException {
        String workspaceId = current.workspaceId();
        return export.spec(sql, document.format(), workspaceId, current.body())
                .equals(export.spec(sql, document.format(), workspaceId, document.body()));
    }

    private Item settings(Sql sql, Stored stored) throws SQLException {
        Document document = stored.document();
        try {
            document.format().applySettings(sql, stored.definition(), document.whole());
        } catch (Problem refused) {
            throw Problem.invalid(refused.errors().stream()
                    .map(error -> new FieldError("documents." + document.no() + "." + error.path(), error.message()))
                    .toList());
        }
        ObjectNode after = export.document(sql, document.format(), stored.definition());
        What what =
                stored.before() == null ? What.CREATED : stored.before().equals(after) ? What.UNCHANGED : What.UPDATED;
        DefinitionVersion version = stored.version();
        return new Item(
                document,
                what,
                version == null ? null : version.versionNo(),
                version != null && version.status() == VersionStatus.PUBLISHED,
                what == What.UPDATED ? Changes.between(stored.before(), after) : List.of());
    }

    /** References are looked up when something runs, so one that leads nowhere is no fault. */
    private List<String> warnings(Sql sql, String workspaceId, List<Document> documents) throws SQLException {
        List<String> warnings = new ArrayList<>();
        for (Document document : documents) {
            for (Reference reference : document.references()) {
                if (warnings.size() == ERRORS_MAX || isThere(sql, workspaceId, reference)) continue;
                warnings.add("document " + (document.no() + 1) + " (" + document.kind() + " " + document.code()
                        + "): spec." + reference.path() + " names the " + reference.kind() + " '" + reference.name()
                        + "', which is not there yet");
            }
        }
        return warnings.stream().distinct().toList();
    }

    private boolean isThere(Sql sql, String workspaceId, Reference reference) throws SQLException {
        if (reference.kind() == null || export.format(reference.kind()).isEmpty()) return true;
        Optional<UUID> id = Ids.parse(reference.name());
        return id.isPresent()
                ? catalog.find(sql, workspaceId, reference.kind(), id.get()).isPresent()
                : catalog.findByCode(sql, workspaceId, reference.kind(), reference.name())
                        .isPresent();
    }
}
