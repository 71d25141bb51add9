package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** Alarms: once, never early, whatever happens to the process that was about to ring. */
class AlarmsTest {
    private static final String MARK = "INSERT INTO run_message (run_id, id, workspace_id, kind, no, time, body)"
            + " VALUES (?, ?, 'public', 'SIGNAL', 0, 0, NULL)";

    private static void mark(TestProcess process) {
        process.alarms.answer("test", (sql, workspace, ref) -> sql.update(MARK, ref, process.ids.next()));
    }

    private static void set(TestProcess process, UUID ref, long inMillis) {
        long time = process.clock.millis() + inMillis;
        process.database.transact(sql -> {
            process.alarms.set(sql, "test", TestProcess.WORKSPACE, ref, time);
            return null;
        });
        process.alarms.announce(time);
    }

    @OnBothDatabases
    void eachRingsOnceAndNoneEarly(Database database) {
        try (TestProcess process = TestProcess.start(database);
                TestProcess other = process.another(database, UUID.randomUUID())) {
            mark(process);
            mark(other);
            for (int i = 1; i <= 50; i++) set(process, process.ids.next(), i * 1_000);
            for (int second = 0; second <= 50; second++) {
                int due = second;
                Await.until(() -> process.count("run_message") == due, due + " alarms");
                assertThat(process.count("task")).isEqualTo(50 - due);
                process.clock.advance(Duration.ofSeconds(1));
                process.dispatcher.turn();
                other.dispatcher.turn();
            }
            Await.until(() -> process.count("task") == 0, "no alarm left");
            assertThat(process.count("run_message")).isEqualTo(50);
        }
    }

    @OnBothDatabases
    void whatFailedIsTriedAgainAndLeavesNothingTwice(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            AtomicInteger tries = new AtomicInteger();
            process.alarms.answer("test", (sql, workspace, ref) -> {
                sql.update(MARK, ref, process.ids.next());
                if (tries.incrementAndGet() < 4) throw new IllegalStateException("not this time");
            });
            set(process, process.ids.next(), 1_000);
            Await.until(
                    () -> {
                        process.advance(1_000);
                        return process.count("task") == 0;
                    },
                    "the alarm to ring");
            assertThat(tries).hasValue(4);
            assertThat(process.count("run_message")).isEqualTo(1);
        }
    }

    @OnBothDatabases
    void aProcessThatDiesWithAClaimedAlarmIsReplaced(Database database) {
        try (TestProcess victim = TestProcess.start(database);
                TestProcess heir = victim.another(database, UUID.randomUUID())) {
            mark(victim);
            mark(heir);
            UUID ref = victim.ids.next();
            set(victim, ref, 1_000);
            // It claims, and its threads are gone before they ring.
            victim.kill();
            assertThatThrownBy(() -> victim.advance(1_000)).isInstanceOf(RejectedExecutionException.class);
            assertThat(victim.taskStatus(ref)).isEqualTo("owned");
            victim.clock.advance(Duration.ofSeconds(31));
            heir.membership.beat();
            heir.dispatcher.turn();
            Await.until(() -> heir.count("task") == 0, "the heir to ring");
            assertThat(heir.count("run_message")).isEqualTo(1);
        }
    }

    @OnBothDatabases
    void oneThatWasClearedStaysSilent(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            mark(process);
            UUID ref = process.ids.next();
            set(process, ref, 1_000);
            set(process, process.ids.next(), 2_000);
            database.transact(sql -> {
                process.alarms.clear(sql, TestProcess.WORKSPACE, ref);
                return null;
            });
            process.advance(2_000);
            Await.until(() -> process.count("task") == 0, "the other alarm");
            assertThat(process.count("run_message")).isEqualTo(1);
        }
    }
}
