package dev.agentplatform.engine;

import dev.agentplatform.events.RunLog;
import dev.agentplatform.store.Database;
import java.time.Clock;

/** Removes the transient events of runs that ended some time ago. Several processes may do it at once. */
final class TransientSweep {
    static final long EVERY_MS = 60_000;
    /** How long after the end of its run the text of a step may still be read from the log. */
    static final long KEPT_MS = 600_000;

    private static final int RUNS_AT_ONCE = 500;

    private final Database database;
    private final Clock clock;

    TransientSweep(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Returns how many rows went. */
    int sweep() {
        long endedBefore = clock.millis() - KEPT_MS;
        int all = 0;
        int gone;
        do {
            gone = database.transact(sql -> RunLog.trim(sql, endedBefore, RUNS_AT_ONCE));
            all += gone;
        } while (gone > 0);
        return all;
    }
}
