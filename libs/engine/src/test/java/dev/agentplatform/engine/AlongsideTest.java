package dev.agentplatform.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.engine.graph.RunStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.OnBothDatabases;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/** A run and the rows of its submitter: both or neither. */
class AlongsideTest {
    private static final String NOTE = "INSERT INTO run_message (run_id, id, workspace_id, kind, no, time, body)"
            + " VALUES (?, ?, ?, 'SIGNAL', 0, 0, NULL)";

    private static Engine.Alongside note(UUID run) {
        return sql -> sql.update(NOTE, run, run, "elsewhere");
    }

    private static Executable threeSteps() {
        return new Flows.Draft()
                .effect("a", context -> Outcome.done(Json.text("a")))
                .effect("b", context -> Outcome.done(Json.text("b")))
                .effect("c", context -> Outcome.done(Json.text("c")))
                .arrows("a>b", "b>c")
                .flow();
    }

    @OnBothDatabases
    void bothAreWritten(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.ids.nextRun();
            UUID version = process.flows.add(threeSteps());
            process.engine.submit(process.submission(id, version, RunOptions.USUAL), note(id));
            assertThat(process.count("run_message")).isEqualTo(1);
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.journal(id)).containsExactly("a:completed", "b:completed", "c:completed");
            assertThat(process.eventTypes(id)).startsWith("run.created", "run.started", "step.started");
        }
    }

    @OnBothDatabases
    void whatTheSubmitterThrowsLeavesNoRun(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.ids.nextRun();
            Submission submission = process.submission(id, process.flows.add(threeSteps()), RunOptions.USUAL);
            assertThatThrownBy(() -> process.engine.submit(submission, sql -> {
                        note(id).write(sql);
                        throw Problem.notFound("session", id);
                    }))
                    .isInstanceOfSatisfying(
                            Problem.class,
                            problem -> assertThat(problem.status()).isEqualTo(404));
            for (String table : new String[] {"run", "task", "run_event", "run_message"}) {
                assertThat(process.count(table)).as(table).isZero();
            }
            assertThat(process.engine.owned()).isZero();
            // The id is free: the next try makes the run.
            process.engine.submit(submission, note(id));
            assertThat(process.end(id).status()).isEqualTo(RunStatus.COMPLETED);
        }
    }

    @OnBothDatabases
    void anIdThatWasSubmittedBeforeWritesNothingMore(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.ids.nextRun();
            Submission submission = process.submission(id, process.flows.add(threeSteps()), RunOptions.USUAL);
            process.engine.submit(submission, note(id));
            process.end(id);
            AtomicInteger asked = new AtomicInteger();
            UUID other = process.ids.nextRun();
            RunRecord again = process.engine.submit(submission, sql -> {
                asked.incrementAndGet();
                note(other).write(sql);
            });
            assertThat(again.status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.count("run")).isEqualTo(1);
            assertThat(process.count("run_message")).as("what ran was undone").isEqualTo(1);
        }
    }

    @OnBothDatabases
    void aProcessThatWasDeclaredDeadWritesNeither(Database database) {
        try (TestProcess sleeper = TestProcess.start(database);
                TestProcess other = sleeper.another(database, UUID.randomUUID())) {
            sleeper.clock.advance(Duration.ofSeconds(31));
            other.membership.beat();
            other.membership.beat();
            UUID id = sleeper.ids.nextRun();
            Submission submission = sleeper.submission(id, sleeper.flows.add(threeSteps()), RunOptions.USUAL);
            assertThatThrownBy(() -> sleeper.engine.submit(submission, note(id)))
                    .isInstanceOf(Problem.class);
            assertThat(sleeper.count("run")).isZero();
            assertThat(sleeper.count("run_message")).isZero();
        }
    }

    @OnBothDatabases
    void aRunThatEndsInItsFirstUnitIsWrittenWhole(Database database) {
        try (TestProcess process = TestProcess.start(database)) {
            UUID id = process.ids.nextRun();
            UUID version = process.flows.add(new Flows.Draft()
                    .compute("only", context -> Outcome.done(Json.text("now")))
                    .flow());
            RunRecord ended = process.engine.submit(process.submission(id, version, RunOptions.USUAL), note(id));
            assertThat(ended.status()).isEqualTo(RunStatus.COMPLETED);
            assertThat(process.run(id).output().json().asString()).isEqualTo("now");
            assertThat(process.count("task")).isZero();
            assertThat(process.count("run_message")).isEqualTo(1);
        }
    }
}
