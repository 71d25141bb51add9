package dev.agentplatform.queue;

import dev.agentplatform.store.RowWrite;
import java.util.List;
import java.util.UUID;

/**
 * One state change of an actor, as data: committed whole or refused whole.
 *
 * @param fence what the owner believes of its task; null when the unit changes no task of its own
 * @param change what becomes of the fenced task; null exactly when {@code fence} is
 * @param births new tasks
 * @param wakes tasks of others that get mail
 * @param rows everything else, in tables of the caller
 */
public record Unit(Fence fence, Change change, List<Birth> births, List<Wake> wakes, List<RowWrite> rows) {

    /** The epoch the writer holds and the log position it decided from. */
    public record Fence(UUID ref, long epoch, long seq) {}

    public sealed interface Change {
        /**
         * Goes on as owner.
         *
         * @param progress false when nothing came of the claim so far: a crash then counts against the task
         */
        record Advance(long seq, String state, boolean progress) implements Change {}

        /**
         * Gives the task back: ready at once, or idle until {@code readyTime} (null: until woken).
         *
         * @param wakesSeen the mail that the owner has read; more than that and the unit is refused
         */
        record Release(long seq, String state, boolean ready, String queue, Long readyTime, long wakesSeen)
                implements Change {}

        /** The actor is done: its task goes. */
        record End(long wakesSeen) implements Change {}
    }

    /** A new task; {@code owner} is null unless it is born owned by this process. */
    public record Birth(
            UUID ref,
            String kind,
            String workspaceId,
            String queue,
            int priority,
            boolean ready,
            Long readyTime,
            UUID owner,
            long seq,
            int version,
            String state) {}

    /**
     * Mail for another actor.
     *
     * @param queue {@link Queues#CONTROL}: the task waits there from now on, unless it is owned; a normal queue:
     *     only if it would otherwise rest until somebody drives it by hand; null leaves it
     * @param mail the row that holds the message
     * @param required refuse the unit when the actor has ended; else the mail is dropped
     */
    public record Wake(UUID ref, String queue, RowWrite mail, boolean required) {}

    /** What the submitter learns when the unit is durable. */
    public record Receipt(long wakes, List<Woken> woken) {}

    /** @param owner process that holds the woken task, null when it waits in {@code queue} */
    public record Woken(UUID ref, UUID owner, long wakes, String queue, int priority) {}
}
