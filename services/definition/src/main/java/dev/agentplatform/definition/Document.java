package dev.agentplatform.definition;

import dev.agentplatform.catalog.NewDefinition;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Problem.FieldError;
import dev.agentplatform.service.DefinitionFormat;
import dev.agentplatform.service.Reference;
import dev.agentplatform.web.Binder;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Required;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One checked document.
 *
 * @param no place among the documents, from 0
 * @param whole as it was written
 * @param body what is stored as a version; null when the document has no spec
 * @param status of a new version
 */
record Document(
        int no, DefinitionFormat format, NewDefinition head, ObjectNode whole, JsonNode body, VersionStatus status) {

    /** The fields that documents of all kinds have. */
    private record Head(
            @Required @Length(min = 1, max = 128) String code,
            @Required @Length(min = 1, max = 200) String name,
            @Length(max = 10_000) String description,
            @Length(max = 200) String appId,
            @Length(max = 100) String type,
            @OneOf({"draft", "published"}) String status) {}

    String kind() {
        return format.kind();
    }

    String code() {
        return head.code();
    }

    /** For people: document 2 (agent x). */
    static String shown(int no, JsonNode document) {
        String kind = document.path("kind").asString("");
        String code = document.path("code").asString("");
        String who = (kind + " " + code).strip();
        return "document " + (no + 1) + (who.isEmpty() || who.length() > 300 ? "" : " (" + who + ")");
    }

    List<Reference> references() {
        return body == null ? List.of() : format.references(format.spec(body));
    }

    /**
     * @param publish what becomes of new versions; null when the document says it
     * @throws Problem 422 with every fault, paths from the document's root
     */
    static Document of(String workspaceId, int no, JsonNode json, Export formats, Boolean publish) {
        if (!(json instanceof ObjectNode document)) throw Problem.invalid("", "must be an object");
        JsonNode kind = document.path("kind");
        DefinitionFormat format = formats.format(kind.asString(""))
                .orElseThrow(() -> Problem.invalid(
                        "kind",
                        Json.isNothing(kind) ? "is required" : "must be one of " + String.join(", ", formats.kinds())));
        List<FieldError> errors = new ArrayList<>(unknownFields(format, document));
        Head head = collect(errors, "", () -> Binder.bind(document, Head.class));
        collect(errors, "", () -> {
            format.checkSettings(workspaceId, document);
            return null;
        });
        boolean draft = publish == null ? document.path("status").asString("").equals("draft") : !publish;
        VersionStatus status = draft ? VersionStatus.DRAFT : VersionStatus.PUBLISHED;
        JsonNode body = body(workspaceId, format, document, head, status, errors);
        if (!errors.isEmpty()) throw Problem.invalid(errors);
        NewDefinition asked = new NewDefinition(
                format.kind(), head.type(), head.code(), head.name(), head.appId(), head.description());
        return new Document(no, format, asked, document, body, status);
    }

    private static List<FieldError> unknownFields(DefinitionFormat format, ObjectNode document) {
        Set<String> known = new TreeSet<>(List.of("kind", "code", "name", "description", "app_id", "status", "spec"));
        if (format.typed()) known.add("type");
        known.addAll(format.settings());
        Set<String> taken = new TreeSet<>(known);
        taken.addAll(format.specAliases());
        return document.propertyNames().stream()
                .filter(name -> !taken.contains(name))
                .map(name -> new FieldError(
                        name, "is not known in a " + format.kind() + "; known are " + String.join(", ", known)))
                .toList();
    }

    private static JsonNode body(
            String workspaceId,
            DefinitionFormat format,
            ObjectNode document,
            Head head,
            VersionStatus status,
            List<FieldError> errors) {
        String field = "spec";
        for (String alias : format.specAliases()) if (!document.has(field) && document.has(alias)) field = alias;
        JsonNode spec = document.path(field);
        if (Json.isNothing(spec)) return null;
        if (!(spec instanceof ObjectNode object)) {
            errors.add(new FieldError(field, "must be an object"));
            return null;
        }
        // Without a head there is no type to check by.
        if (head == null) return null;
        JsonNode body = collect(errors, field, () -> format.body(workspaceId, head.type(), object, status));
        // Stored text is what counts: 1.50 and 1.5 are read back as one number.
        return body == null ? null : Json.parse(Json.write(body));
    }

    private interface Check<T> {
        T run();
    }

    private static <T> T collect(List<FieldError> errors, String place, Check<T> check) {
        try {
            return check.run();
        } catch (Problem refused) {
            if (refused.errors().isEmpty()) errors.add(new FieldError(place, refused.detail()));
            for (FieldError error : refused.errors()) {
                // The type stands beside the spec, and is checked with it.
                boolean beside = error.path().equals("type") || error.path().equals("tool_type");
                String path = beside ? "type" : joined(place, error.path());
                errors.add(new FieldError(path, error.message()));
            }
            return null;
        }
    }

    static String joined(String place, String path) {
        if (place.isEmpty()) return path;
        return path.isEmpty() ? place : place + "." + path;
    }
}
