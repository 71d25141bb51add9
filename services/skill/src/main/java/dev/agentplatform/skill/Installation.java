package dev.agentplatform.skill;

import java.util.UUID;

/** A skill in a scope. Times in UTC milliseconds. @param status {@code active} or {@code disabled} */
record Installation(
        UUID id,
        String workspaceId,
        UUID skillId,
        String scope,
        String scopeId,
        String installedBy,
        String status,
        long createdTime,
        long updatedTime) {}
