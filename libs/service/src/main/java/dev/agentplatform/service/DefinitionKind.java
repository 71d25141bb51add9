package dev.agentplatform.service;

import dev.agentplatform.catalog.VersionStatus;

/**
 * A kind of definition, for example agents at {@code /agents}.
 *
 * @param name as in {@code definition.kind}, and in the fields {@code <name>_id} and {@code <name>_version_id}
 * @param root path of the collection
 * @param typed whether clients send {@code <name>_type}
 * @param unsaid the status of a version that is saved without one
 * @param rules what a version must be
 */
public record DefinitionKind(String name, String root, boolean typed, VersionStatus unsaid, VersionRules rules) {
    String idField() {
        return name + "_id";
    }

    String versionIdField() {
        return name + "_version_id";
    }

    String typeField() {
        return name + "_type";
    }
}
