package dev.agentplatform.memory;

import dev.agentplatform.memory.ScopeTable.Gone;
import dev.agentplatform.memory.ScopeTable.State;
import dev.agentplatform.memory.index.HashEmbedding;
import dev.agentplatform.memory.index.TextIndex;
import dev.agentplatform.memory.index.Weights;
import dev.agentplatform.store.Database;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The index of one scope in this process. Before each search it asks for the scope's change number, one row, and fetches
 * what it lacks: whoever wrote, in whichever process, finds what was written.
 *
 * <p>A writer holds the scope's row from the moment it takes a number until it commits. So whoever sees a number sees
 * every change below it.
 */
final class ScopeIndex {
    private static final int PAGE = 1_000;
    private static final UUID LOWEST = new UUID(0, 0);

    private final Database database;
    private final Scope scope;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile TextIndex index = empty();

    /** Everything up to here is in the index. */
    private volatile long changeNo;

    ScopeIndex(Database database, Scope scope) {
        this.database = database;
        this.scope = scope;
    }

    /** The index with everything that was committed before the call. */
    TextIndex current() {
        State state = database.read(sql -> ScopeTable.state(sql, scope));
        if (changeNo >= state.changeNo()) return index;
        lock.lock();
        try {
            while (changeNo < state.changeNo()) catchUp(state);
            return index;
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        return index.bytes();
    }

    private void catchUp(State state) {
        boolean anew = changeNo < state.floorNo();
        TextIndex target = anew ? empty() : index;
        long from = anew ? 0 : changeNo;
        long reached = Math.max(state.changeNo(), putChanged(target, from));
        // After the rows: one that was read and then deleted before a later one is among these.
        removeGone(target, from);
        long floor = database.read(sql -> ScopeTable.state(sql, scope)).floorNo();
        // What we wanted to read was purged meanwhile. A fresh index needs no deletions that are older than itself.
        if (floor > from && !(from == 0 && floor <= state.changeNo())) {
            index = empty();
            changeNo = 0;
            return;
        }
        index = target;
        changeNo = reached;
    }

    private long putChanged(TextIndex target, long from) {
        long reached = from;
        List<MemoryTable.Indexed> rows;
        do {
            long after = reached;
            rows = database.read(sql -> MemoryTable.changed(sql, scope, after, PAGE));
            for (MemoryTable.Indexed row : rows) {
                target.put(row.document());
                reached = row.changeNo();
            }
        } while (rows.size() == PAGE);
        return reached;
    }

    private void removeGone(TextIndex target, long from) {
        // Ids begin above the lowest one, so that all of the next change follow.
        Gone after = new Gone(from + 1, LOWEST);
        List<Gone> rows;
        do {
            Gone place = after;
            rows = database.read(sql -> ScopeTable.goneAfter(sql, scope, place, PAGE));
            for (Gone row : rows) {
                target.remove(row.id());
                after = row;
            }
        } while (rows.size() == PAGE);
    }

    private static TextIndex empty() {
        return new TextIndex(HashEmbedding.DIMENSIONS, Weights.USUAL);
    }
}
