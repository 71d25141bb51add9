package dev.agentplatform.engine;

import dev.agentplatform.queue.Unit;

/** Makes a unit durable: the group commit in production, a faulty one in the simulation. */
@FunctionalInterface
public interface Committer {
    /**
     * Returns when the unit is durable.
     *
     * @throws dev.agentplatform.queue.Refused when it was judged unfit; nothing was written
     * @throws dev.agentplatform.store.CommitUnknown when it may or may not have been written: send it again
     */
    Unit.Receipt commit(Unit unit);
}
