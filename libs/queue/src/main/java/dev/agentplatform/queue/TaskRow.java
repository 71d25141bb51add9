package dev.agentplatform.queue;

import dev.agentplatform.queue.Unit.Birth;
import dev.agentplatform.queue.Unit.Change;
import dev.agentplatform.store.RowWrite;
import java.util.List;
import java.util.UUID;

/** The writer's copy of a locked task row, changed as the units of a batch are judged one after the other. */
final class TaskRow {
    final UUID ref;
    final int rank;
    long epoch;
    long seq;
    long wakes;
    String status;
    UUID owner;
    String workerKey;
    String queue;
    Long readyTime;

    private boolean advanced;
    private boolean moved;
    private boolean woken;
    private boolean ended;
    private boolean stuck;
    private String state;

    TaskRow(
            UUID ref,
            int rank,
            long epoch,
            long seq,
            long wakes,
            String status,
            UUID owner,
            String workerKey,
            String queue,
            Long readyTime) {
        this.ref = ref;
        this.rank = rank;
        this.epoch = epoch;
        this.seq = seq;
        this.wakes = wakes;
        this.status = status;
        this.owner = owner;
        this.workerKey = workerKey;
        this.queue = queue;
        this.readyTime = readyTime;
    }

    boolean ended() {
        return ended;
    }

    void apply(Change change) {
        switch (change) {
            case Change.Advance(long newSeq, String newState, boolean progress) -> {
                seq = newSeq;
                stuck = !progress;
                state = newState;
                advanced = true;
            }
            case Change.Release release -> {
                seq = release.seq();
                state = release.state();
                status = release.ready() ? "ready" : "idle";
                queue = release.queue();
                readyTime = release.readyTime();
                owner = null;
                workerKey = null;
                advanced = true;
                moved = true;
            }
            case Change.End end -> ended = true;
        }
    }

    /** The copy of a task that this very batch creates, so that the batch can also wake it. */
    static TaskRow born(Birth birth) {
        String status = birth.owner() != null ? "owned" : birth.ready() ? "ready" : "idle";
        long epoch = birth.owner() == null ? 0 : 1;
        return new TaskRow(
                birth.ref(),
                -birth.priority(),
                epoch,
                birth.seq(),
                0,
                status,
                birth.owner(),
                null,
                birth.queue(),
                birth.readyTime());
    }

    void wake(String newQueue, long now) {
        wakes++;
        woken = true;
        if (status.equals("owned")) return;
        status = "ready";
        readyTime = now;
        if (newQueue != null && Queues.moves(queue, newQueue)) queue = newQueue;
    }

    /** At most one statement per row and batch: a merged update could keep only the last one anyway. */
    void write(List<RowWrite> writes) {
        if (stuck) writes.add(TaskTable.NO_PROGRESS.row(ref, seq));
        if (ended) {
            writes.add(TaskTable.END.row(ref));
        } else if (advanced && (moved || woken)) {
            writes.add(TaskTable.MOVE.row(ref, seq, state, status, queue, readyTime, owner, workerKey, wakes));
        } else if (advanced) {
            writes.add(TaskTable.ADVANCE.row(ref, seq, state));
        } else if (woken) {
            writes.add(TaskTable.WAKE.row(ref, wakes, status, queue, readyTime));
        }
    }
}
