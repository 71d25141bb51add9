package dev.agentplatform.workflow;

import java.util.UUID;

/** What a caller groups workflows under. {@code description} may be null. Times in UTC milliseconds. */
public record App(
        UUID id,
        String workspaceId,
        String code,
        String name,
        String description,
        long createdTime,
        long updatedTime) {}
