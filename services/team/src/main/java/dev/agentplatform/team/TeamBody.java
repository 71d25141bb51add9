package dev.agentplatform.team;

import dev.agentplatform.web.Alias;
import dev.agentplatform.web.Doc;
import dev.agentplatform.web.Length;
import dev.agentplatform.web.OneOf;
import dev.agentplatform.web.Range;
import dev.agentplatform.web.Required;
import java.util.List;
import java.util.UUID;

/** A version of a team as clients send it. */
record TeamBody(
        @Required
        @OneOf({"sequential", "parallel", "supervisor", "round_robin", "router", "handoff", "debate", "planner"})
        String coordinationMode,

        @Length(max = 10_000) String objective,

        @Required @Alias("member_refs_json") @Length(min = 1, max = 32)
        List<Member> memberRefs,

        @Alias("config") Config configJson) {

    record Member(
            @Required @Length(min = 1, max = 100) String memberKey,

            @Required @Length(min = 1, max = 128) @Doc("Id or code; looked up when its turn comes")
            String agentId,

            UUID agentVersionId,

            @Length(max = 100) @Doc("A free word; supervisor names the one who leads")
            String role,

            @Length(max = 10_000) String responsibility) {}

    record Config(
            @Range(min = 1, max = 200) @Doc("Turns of the whole run at most; by default 30")
            Integer maxTurns,

            @Range(min = 1, max = 50) @Doc("Rounds of debate and round_robin; by default 3")
            Integer rounds,

            @Length(min = 1, max = 100) @Doc("Ends round_robin when a member says it; by default TERMINATE")
            String stopWord) {}
}
