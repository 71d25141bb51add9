package dev.agentplatform.tool;

import java.util.List;
import java.util.UUID;

/**
 * A stored secret as it may be shown. Times in UTC milliseconds.
 *
 * @param fields names of the fields of the secret, never their values
 * @param sealed the secret, encrypted for this workspace and id
 */
record Credential(
        UUID id,
        String workspaceId,
        String name,
        CredentialType type,
        List<String> fields,
        String sealed,
        long createdTime,
        long updatedTime) {

    /** What the secret is sealed for: a copy of the row elsewhere does not open. */
    String context() {
        return context(workspaceId, id);
    }

    static String context(String workspaceId, UUID id) {
        return "tool_credential/" + workspaceId + "/" + id;
    }

    Credential sealed(String newly, List<String> fieldNames, long now) {
        return new Credential(id, workspaceId, name, type, fieldNames, newly, createdTime, now);
    }
}
