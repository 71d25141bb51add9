package dev.agentplatform.model.wire.openai;

import java.util.List;

/** All that one side says before the other does. Never empty; results of tools stand first in a turn of the user. */
public record Turn(boolean user, List<Block> blocks) {
    public Turn {
        blocks = List.copyOf(blocks);
    }
}
