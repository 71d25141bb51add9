package dev.agentplatform.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SettlementTest {
    private static final long NOW = 1_000_000;

    private static JobState state(Schedule schedule, long due) {
        Job job = new Job(
                UUID.fromString("0190a000-0000-7000-8000-000000000001"),
                "w1",
                "j",
                "event",
                Job.ACTIVE,
                schedule,
                Json.object(),
                "fire_once",
                3,
                null,
                due,
                0,
                1,
                1);
        return JobState.of(job, due).next(due, false, 0);
    }

    private static Firing due(JobState state) {
        return Firing.due(state.job(), "schedule", state.due());
    }

    @Test
    void aJobOfOneTimeIsOver() {
        JobState state = state(new Schedule.At(NOW), NOW);
        Settlement done = Settlement.of(state, due(state).done(NOW, null, Json.nothing()), true, 0, NOW);
        assertThat(done.over()).isTrue();
        assertThat(done.status()).isEqualTo(Job.COMPLETED);
        Settlement failed = Settlement.of(state, due(state).failed(NOW, "no", 0), true, 0, NOW);
        assertThat(failed.status()).isEqualTo(Job.FAILED);
    }

    @Test
    void aFailureIsTriedAgainBeforeTheJobIsOver() {
        JobState state = state(new Schedule.At(NOW), NOW);
        Settlement retried = Settlement.of(state, due(state).failed(NOW, "no", NOW + 50), true, 0, NOW);
        assertThat(retried.over()).isFalse();
        assertThat(retried.status()).isEqualTo(Job.ACTIVE);
        assertThat(retried.readyTime()).isEqualTo(NOW + 50);
        assertThat(retried.state().pending()).isTrue();
    }

    @Test
    void allTimesThatWereMissedAreOneFiring() {
        JobState state = state(new Schedule.Every(1, 0), NOW - 500_000);
        Settlement done = Settlement.of(state, due(state).done(NOW, null, Json.nothing()), true, 0, NOW);
        assertThat(done.state().due()).isEqualTo(NOW + 1_000);
        assertThat(done.readyTime()).isEqualTo(NOW + 1_000);
    }

    @Test
    void aFiringByHandLeavesTheScheduleAlone() {
        JobState state = state(new Schedule.Every(60, 0), NOW + 20_000);
        Firing manual = Firing.due(state.job(), "manual", NOW);
        Settlement done = Settlement.of(state, manual.done(NOW, null, Json.nothing()), false, 3, NOW);
        assertThat(done.state().due()).isEqualTo(NOW + 20_000);
        assertThat(done.state().wakes()).isEqualTo(3);
        assertThat(done.over()).isFalse();
    }

    @Test
    void theStateSurvivesItsText() {
        JobState state = state(new Schedule.Every(60, 120_000), 180_000)
                .held(UUID.fromString("0190a000-0000-7000-8000-000000000009"), 99);
        assertThat(JobState.read(state.write()).write()).isEqualTo(state.write());
    }

    @Test
    void aTimeHasOneFiring() {
        JobState state = state(new Schedule.At(NOW), NOW);
        assertThat(due(state).id())
                .isEqualTo(due(state).id())
                .isNotEqualTo(Firing.id(state.job().id(), NOW + 1));
        assertThat(Firing.id(UUID.randomUUID(), NOW)).isLessThan(Firing.id(UUID.randomUUID(), NOW + 1));
    }
}
