package dev.agentplatform.team;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.team.modes.Member;

/** Makes runs of agents; bound by wiring. */
public interface Agents {
    /** @throws dev.agentplatform.kernel.Problem 404, 409 or 422 when the member's agent cannot run */
    Submission turn(RunRecord team, Member member, String text);

    /** Whether a turn of the member does nothing to the outside, for example because its agent is not there. */
    boolean harmless(String workspaceId, Member member);
}
