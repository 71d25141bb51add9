package dev.agentplatform.engine;

import dev.agentplatform.store.RowWrite;
import java.util.List;

/** One prepared node. Shared by all runs of its version, so it keeps no state. */
@FunctionalInterface
public interface NodeWork {
    /** Throwing fails the step as {@code internal}; a {@link dev.agentplatform.kernel.Problem} gives its code. */
    Outcome execute(NodeContext context) throws Exception;

    /** A step of this node waited, and something came. Runs in the owner's turn: no effects here. */
    default Outcome resume(NodeContext context, Arrival arrival) throws Exception {
        throw new IllegalStateException("this node type does not wait");
    }

    /** A waiting step of this node is cancelled: rows that undo what its wait left behind. */
    default List<RowWrite> abandoned(NodeContext context) {
        return List.of();
    }
}
