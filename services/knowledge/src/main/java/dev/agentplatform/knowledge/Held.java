package dev.agentplatform.knowledge;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.queue.ActorTable.Actor;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.queue.Refused;
import dev.agentplatform.queue.TaskTable;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;

/** A task that this process owns. */
record Held(Database database, Dispatcher dispatcher, Clock clock, UUID worker, Claimed task, Actor actor) {
    private static final long BACKOFF_MS = 2_000;
    private static final long BACKOFF_MAX_MS = 10 * 60_000;

    /** How often it was tried in vain. */
    int attempts() {
        return Json.parseOrNull(task.state()).path("attempts").asInt(0);
    }

    /** For a transaction in the middle of the work. @throws Refused when the task is another's now */
    void require(Sql sql) throws SQLException {
        if (!TaskTable.ownedAt(sql, task.workspaceId(), task.ref(), worker, task.epoch(), task.seq())) {
            throw new Refused(Refused.Reason.FENCED, 0);
        }
    }

    /** Inside a transaction, before anything else: the work is done. Who was called meanwhile is ready again. */
    void end(Sql sql) throws SQLException {
        ActorTable.end(sql, actor, held(), null, clock.millis());
    }

    void end() {
        database.transact(sql -> {
            end(sql);
            return actor.ref();
        });
    }

    /** Inside a transaction, before anything else: later again. */
    void later(Sql sql, long time) throws SQLException {
        String state = Json.write(Json.object().put("attempts", attempts() + 1));
        ActorTable.release(sql, actor, held(), time, state, clock.millis());
    }

    /** When it is to be tried again. */
    long retryTime() {
        return clock.millis() + Math.min(BACKOFF_MAX_MS, BACKOFF_MS << Math.min(attempts(), 20));
    }

    private ActorTable.Held held() {
        return new ActorTable.Held(task.ref(), worker, task.epoch(), task.wakes());
    }
}
