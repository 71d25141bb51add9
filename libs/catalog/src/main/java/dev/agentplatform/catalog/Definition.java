package dev.agentplatform.catalog;

import java.util.UUID;

/**
 * Something that can be run or used. Times in UTC milliseconds.
 *
 * @param kind for example {@code workflow}
 * @param type what sort of its kind it is, for example {@code http} for a tool; null for kinds without sorts
 * @param code unique within its workspace and kind
 * @param appId the caller's own name of an application; may be null
 * @param description may be null
 * @param publishedVersionId the published version with the highest number; null while there is none
 * @param lastNo number of the newest version, 0 while there is none
 */
public record Definition(
        UUID id,
        String workspaceId,
        String kind,
        String type,
        String code,
        String name,
        String appId,
        String description,
        UUID publishedVersionId,
        int lastNo,
        long createdTime,
        long updatedTime) {}
