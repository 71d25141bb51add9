package dev.agentplatform.service;

import dev.agentplatform.catalog.Definition;
import dev.agentplatform.catalog.VersionStatus;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How definitions of one kind look in a document: {@code kind, code, name, description, spec} and what the kind adds. A
 * spec is what the API takes as a version, with codes where the API shows ids.
 */
public interface DefinitionFormat {
    /** As in {@code definition.kind}. */
    String kind();

    /** Whether documents of this kind have a {@code type}. */
    default boolean typed() {
        return true;
    }

    /** Older names of the field {@code spec}. */
    default List<String> specAliases() {
        return List.of();
    }

    /**
     * The body that is stored for a spec.
     *
     * @param type as the document says it; may be null
     * @throws dev.agentplatform.kernel.Problem 422 with every fault that the status does not allow, paths from the spec
     */
    JsonNode body(String workspaceId, String type, ObjectNode spec, VersionStatus status);

    /** What a stored body is in a document. The caller may change it. */
    ObjectNode spec(JsonNode body);

    /** What a spec names of other definitions. */
    List<Reference> references(ObjectNode spec);

    // ---- what does not belong to a version

    /** Further fields of a document, in the order they are written. */
    default List<String> settings() {
        return List.of();
    }

    /** @throws dev.agentplatform.kernel.Problem 422 with paths from the document's root */
    default void checkSettings(String workspaceId, ObjectNode document) {}

    /** Adds the settings of a definition to its document. */
    default void showSettings(Sql sql, Definition definition, ObjectNode document) throws SQLException {}

    /** Makes the settings be as the document says, whose definitions are all there. True when something changed. */
    default boolean applySettings(Sql sql, Definition definition, ObjectNode document) throws SQLException {
        return false;
    }

    /** Called after definitions of this kind were stored. */
    default void applied() {}
}
