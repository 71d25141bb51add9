package dev.agentplatform.team;

import dev.agentplatform.engine.RunRecord;
import dev.agentplatform.engine.Submission;
import dev.agentplatform.team.modes.Member;

/** Makes runs of agents; bound by wiring. */
@FunctionalInterface
public interface Agents {
    /** @throws dev.agentplatform.kernel.Problem 404, 409 or 422 when the member's agent cannot run */
    Submission turn(RunRecord team, Member member, String text);
}
