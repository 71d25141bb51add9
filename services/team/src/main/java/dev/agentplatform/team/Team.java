package dev.agentplatform.team;

import dev.agentplatform.team.modes.Member;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** A version of a team, with every default filled in. */
record Team(String mode, String objective, List<Member> members, int turnsMax, int rounds, String stopWord) {
    private static final int TURNS_DEFAULT = 30;
    private static final int ROUNDS_DEFAULT = 3;
    private static final String STOP_WORD_DEFAULT = "TERMINATE";

    static Team of(JsonNode body) {
        List<Member> members = new ArrayList<>();
        for (JsonNode member : body.path("member_refs")) {
            members.add(new Member(
                    member.path("member_key").asString(""),
                    member.path("agent_id").asString(""),
                    member.path("agent_version_id").asString(null),
                    member.path("role").asString(""),
                    member.path("responsibility").asString("")));
        }
        JsonNode config = body.path("config_json");
        return new Team(
                body.path("coordination_mode").asString(""),
                body.path("objective").asString(""),
                List.copyOf(members),
                config.path("max_turns").asInt(TURNS_DEFAULT),
                config.path("rounds").asInt(ROUNDS_DEFAULT),
                config.path("stop_word").asString(STOP_WORD_DEFAULT));
    }
}
