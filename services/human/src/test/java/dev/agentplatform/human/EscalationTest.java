package dev.agentplatform.human;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.human.HumanServer.Answer;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Database;
import dev.agentplatform.testkit.Await;
import dev.agentplatform.testkit.OnBothDatabases;
import dev.agentplatform.testkit.TestClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;

/** Tasks that stand alone and are not answered in time, over HTTP with a clock that the test moves. */
@Timeout(60)
class EscalationTest {
    private static final String DUE = "2026-01-01T01:00:00Z";

    private static String create(HumanServer server, String title) {
        Answer created = server.post(
                "/human/tasks",
                "{\"task_type\":\"approval\",\"title\":\"" + title + "\",\"due_time\":\"" + DUE + "\"}");
        assertThat(created.status()).as("%s", created).isEqualTo(201);
        return created.text("id");
    }

    private static List<String> events(Database database, String task) {
        return database.read(sql -> sql.list(
                "SELECT type FROM event WHERE workspace_id = ? AND aggregate_id = ? ORDER BY time, id",
                row -> row.text("type"),
                "w1",
                task));
    }

    private static long alarms(Database database) {
        return database.read(sql -> sql.one("SELECT count(*) AS n FROM task", row -> row.number("n")))
                .orElseThrow();
    }

    @OnBothDatabases
    void anUnansweredTaskIsEscalatedOnceAndStaysOpen(Database database) {
        TestClock clock = new TestClock();
        try (HumanServer server = new HumanServer(database, clock)) {
            String open = create(server, "open");
            String claimed = create(server, "claimed");
            server.post("/human/tasks/" + claimed + "/claim", "{\"claimed_by\":\"ops-1\"}");
            clock.advance(Duration.ofMinutes(59));
            assertThat(server.get("/human/tasks/" + open)
                            .json()
                            .path("escalated_time")
                            .isNull())
                    .isTrue();
            clock.advance(Duration.ofMinutes(2));
            Await.until(() -> alarms(database) == 0, "both alarms");
            assertThat(events(database, open)).containsExactly("human_task.created", "human_task.escalated");
            assertThat(events(database, claimed))
                    .containsExactly("human_task.created", "human_task.claimed", "human_task.escalated");
            Answer shown = server.get("/human/tasks/" + open);
            assertThat(shown.text("status")).isEqualTo("open");
            assertThat(shown.text("escalated_time")).isEqualTo("2026-01-01T01:01:00.000Z");
            String payload = database.read(sql -> sql.one(
                            "SELECT payload FROM event WHERE workspace_id = ? AND type = 'human_task.escalated'"
                                    + " AND aggregate_id = ?",
                            row -> row.text("payload"),
                            "w1",
                            open)
                    .orElseThrow());
            assertThat(Json.parse(payload)).isEqualTo(shown.json());
            // Late is not too late.
            assertThat(server.post("/human/tasks/" + open + "/complete", "{\"status\":\"approved\"}")
                            .status())
                    .isEqualTo(200);
        }
    }

    @OnBothDatabases
    void whatWasAnsweredOrWithdrawnIsNotEscalated(Database database) {
        TestClock clock = new TestClock();
        try (HumanServer server = new HumanServer(database, clock)) {
            String answered = create(server, "answered");
            String withdrawn = create(server, "withdrawn");
            String open = create(server, "open");
            assertThat(alarms(database)).isEqualTo(3);
            server.post("/human/tasks/" + answered + "/complete", "{\"status\":\"approved\"}");
            server.post("/human/tasks/" + withdrawn + "/cancel", "{}");
            assertThat(alarms(database)).as("only the open one is waited for").isEqualTo(1);
            clock.advance(Duration.ofHours(2));
            Await.until(() -> alarms(database) == 0, "the alarm of the open task");
            assertThat(events(database, open)).contains("human_task.escalated");
            assertThat(events(database, answered)).doesNotContain("human_task.escalated");
            assertThat(events(database, withdrawn)).doesNotContain("human_task.escalated");
        }
    }

    @OnBothDatabases
    void aServerThatWasDownWhenTheTimeCameEscalatesWhenItIsBack(Database database) {
        TestClock clock = new TestClock();
        String task;
        try (HumanServer server = new HumanServer(database, clock)) {
            task = create(server, "open");
        }
        clock.advance(Duration.ofHours(2));
        try (HumanServer first = new HumanServer(database, clock);
                HumanServer second = new HumanServer(database, clock)) {
            Await.until(() -> alarms(database) == 0, "the alarm");
            assertThat(events(database, task)).containsExactly("human_task.created", "human_task.escalated");
            assertThat(first.get("/human/tasks/" + task).json())
                    .isEqualTo(second.get("/human/tasks/" + task).json());
        }
    }
}
