package dev.agentplatform.app;

import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.engine.RunOptions;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.service.Definitions;
import dev.agentplatform.service.RunInput;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Makes runs of agents, teams or skills for other runs. */
record ProgramStarts(Definitions definitions, Ids ids) {
    /**
     * @param idOrCode null when only the version is named
     * @param version null or blank for the latest published one
     * @throws Problem 404, 409 {@code no_published_version}, 422
     */
    Submission submission(String workspaceId, String idOrCode, String version, UUID sessionId, RunInput input) {
        return submission(resolve(workspaceId, idOrCode, version), sessionId, input, Json.nothing());
    }

    VersionBody resolve(String workspaceId, String idOrCode, String version) {
        String kind = definitions.kind().name();
        UUID versionId = version == null || version.isBlank()
                ? null
                : Ids.parse(version).orElseThrow(() -> Problem.notFound(kind + " version", version));
        return definitions.resolve(workspaceId, idOrCode, versionId);
    }

    Submission submission(VersionBody version, UUID sessionId, RunInput input, JsonNode metadata) {
        return new Submission(
                ids.nextRun(),
                version.workspaceId(),
                definitions.kind().name(),
                version.definitionId(),
                version.id(),
                sessionId,
                input.stored(),
                metadata,
                RunOptions.USUAL,
                null);
    }
}
