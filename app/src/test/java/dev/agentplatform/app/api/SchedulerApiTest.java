package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.testkit.Await;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** {@code /scheduler}: every kind of schedule and of job, claims, and what is refused. */
class SchedulerApiTest {
    private static final String FLOW =
            "{'nodes':[{'id':'a','type':'start'},{'id':'b','type':'answer','config':{'template':'done {{input.x}}'}}],"
                    + "'edges':[{'source':'a','target':'b'}]}";

    private static Answer job(Api api, String body) {
        return api.post("/scheduler/jobs", body).expect(201);
    }

    private static String past() {
        return Instant.now().minusSeconds(5).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static String future() {
        return Instant.now().plusSeconds(3_600).truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static Answer untilFirings(Api api, String job, int count, String status) {
        String path = "/scheduler/jobs/" + job + "/firings?limit=200";
        Await.until(
                () -> api.get(path).each("status").stream()
                                .filter(status::equals)
                                .count()
                        >= count,
                count + " firings " + status);
        return api.get(path).expect(200);
    }

    @OnEveryServer
    void aJobOfOneTimeStartsARun(Api api) {
        String version = api.published(FLOW);
        String job = job(
                        api,
                        "{'job_type':'runtime','name':'j','schedule_time':'%s','payload_json':{'workflow_version_id':'%s','input_json':{'x':1}}}"
                                .formatted(past(), version))
                .id();
        Answer firings = untilFirings(api, job, 1, "completed");
        String run = firings.text("items.0.run_id");
        assertThat(api.ended(run).text("output_text")).isEqualTo("done 1");
        assertThat(api.get("/scheduler/jobs/" + job).expect(200).text("status")).isEqualTo("completed");
        assertThat(api.get("/runtime/runs").each("id")).containsExactly(run);
        api.elsewhere().get("/scheduler/jobs/" + job).expect(404);
        api.elsewhere().get("/scheduler/jobs/" + job + "/firings").expect(404);
    }

    @OnEveryServer
    void aRunThatWaitsForItsStartIsStartedAndOneThatStartedIsLeftAlone(Api api) {
        String run = api.byHand(api.published(FLOW)).id();
        String body = "{'job_type':'runtime','name':'j','schedule_time':'%s','payload_json':{'workflow_run_id':'%s'}}";
        String first = job(api, body.formatted(past(), run)).id();
        assertThat(api.ended(run).text("status")).isEqualTo("completed");
        assertThat(untilFirings(api, first, 1, "completed").text("items.0.result_json.started"))
                .isEqualTo("true");

        String second = job(api, body.formatted(past(), run)).id();
        assertThat(untilFirings(api, second, 1, "completed").text("items.0.result_json.started"))
                .isEqualTo("false");
    }

    @OnEveryServer
    void anIntervalFiresAgainAndAgain(Api api) {
        String job = job(
                        api,
                        "{'job_type':'event','name':'j','interval_seconds':1,'schedule_time':'%s','payload_json':{'event_type':'tick','payload_json':{'a':1}}}"
                                .formatted(Instant.now().truncatedTo(ChronoUnit.MILLIS)))
                .id();
        untilFirings(api, job, 2, "completed");
        assertThat(api.get("/events?event_type=tick").each("source_service")).contains("scheduler", "scheduler");
        api.post("/scheduler/jobs/" + job + "/pause").expect(200);
        assertThat(api.get("/scheduler/jobs/" + job).text("next_fire_time")).isNull();
        api.post("/scheduler/jobs/" + job + "/run").expect(409);
        api.post("/scheduler/jobs/" + job + "/resume").expect(200);
        int before = untilFirings(api, job, 2, "completed").each("id").size();
        untilFirings(api, job, before + 1, "completed");
        api.delete("/scheduler/jobs/" + job).expect(204);
        api.get("/scheduler/jobs/" + job).expect(404);
    }

    @OnEveryServer
    void aCronOfEverySecondFiresAtItsSeconds(Api api) {
        String job = job(
                        api,
                        "{'job_type':'event','name':'j','cron':'* * * * *"
                                + " *','timezone':'Asia/Kolkata','payload_json':{'event_type':'tick'}}")
                .id();
        List<String> due = untilFirings(api, job, 2, "completed").each("due_time");
        assertThat(due).allMatch(time -> time.endsWith(".000Z")).doesNotHaveDuplicates();
        api.delete("/scheduler/jobs/" + job).expect(204);
    }

    @OnEveryServer
    void anHttpJobIsTriedAgain(Api api) {
        try (WebhookReceiver receiver = new WebhookReceiver()) {
            receiver.refuse("x", 1);
            String job = job(
                            api,
                            "{'job_type':'http','name':'j','schedule_time':'%s','payload_json':{'url':'%s','headers':{'x-a':'b'},'body':{'aggregate_id':'x'}}}"
                                    .formatted(past(), receiver.url()))
                    .id();
            Answer firings = untilFirings(api, job, 1, "completed");
            assertThat(firings.text("items.0.attempts")).isEqualTo("2");
            assertThat(firings.text("items.0.result_json.status_code")).isEqualTo("204");
            assertThat(receiver.requests()).hasSize(1);
            assertThat(receiver.requests().getFirst().headers())
                    .containsEntry("x-a", "b")
                    .containsEntry("idempotency-key", firings.text("items.0.id"));
        }
    }

    @OnEveryServer
    void aJobThatFailsTooOftenHasFailed(Api api) {
        String job = job(
                        api,
                        "{'job_type':'http','name':'j','schedule_time':'%s','max_attempts':1,'payload_json':{'url':'http://127.0.0.1:1/'}}"
                                .formatted(past()))
                .id();
        assertThat(untilFirings(api, job, 1, "failed").text("items.0.error_message"))
                .contains("connect_failed");
        assertThat(api.get("/scheduler/jobs/" + job).text("status")).isEqualTo("failed");
    }

    @OnEveryServer
    void anEventFiresAJobOnce(Api api) {
        String version = api.published(FLOW);
        String job = job(
                        api,
                        "{'job_type':'runtime','name':'j','on_event':{'event_type':'order.paid','filter':'payload.n > 1'},'payload_json':{'workflow_version_id':'%s','input_json':{'x':'{{payload.n}}'}}}"
                                .formatted(version))
                .id();
        for (int n = 1; n < 3; n++) {
            api.post("/events", "{'event_type':'order.paid','payload_json':{'n':%d}}".formatted(n))
                    .expect(201);
        }
        Answer firings = untilFirings(api, job, 1, "completed");
        assertThat(firings.each("cause")).containsExactly("event");
        assertThat(api.ended(firings.text("items.0.run_id")).text("output_text"))
                .isEqualTo("done 2");
        assertThat(api.get("/scheduler/jobs/" + job).text("status")).isEqualTo("active");
        assertThat(api.get("/events/subscriptions").each("id")).isEmpty();
    }

    @OnEveryServer
    void aMissedTimeIsFiredOnceOrSkipped(Api api) {
        String body =
                "{'job_type':'event','name':'j','interval_seconds':3600,'schedule_time':'2026-01-01T00:00:00Z','payload_json':{'event_type':'tick'}}";
        String later = job(api, body).id();
        assertThat(api.get("/scheduler/jobs/" + later).text("last_fire_time")).isNull();
        String missed =
                "{'job_type':'event','name':'j','schedule_time':'2026-01-01T00:00:00Z','misfire':'%s','payload_json':{'event_type':'tick'}}";
        untilFirings(api, job(api, missed.formatted("fire_once")).id(), 1, "completed");
        untilFirings(api, job(api, missed.formatted("skip")).id(), 1, "skipped");
    }

    @OnEveryServer
    void runNowAndBackfill(Api api) {
        String job = job(api, "{'job_type':'event','name':'j','cron':'0 0 * * *','payload_json':{'event_type':'tick'}}")
                .id();
        String next = api.get("/scheduler/jobs/" + job).text("next_fire_time");
        api.post("/scheduler/jobs/" + job + "/run").expect(202);
        untilFirings(api, job, 1, "completed");
        String range = "{'from':'2026-11-01T00:00:00Z','to':'2026-11-05T00:00:00Z'}";
        assertThat(api.post("/scheduler/jobs/" + job + "/backfill", range)
                        .expect(202)
                        .text("firings"))
                .isEqualTo("5");
        untilFirings(api, job, 6, "completed");
        assertThat(api.post("/scheduler/jobs/" + job + "/backfill", range)
                        .expect(202)
                        .text("firings"))
                .isEqualTo("0");
        api.post("/scheduler/jobs/" + job + "/backfill", "{'from':'2020-01-01T00:00:00Z','to':'2026-01-01T00:00:00Z'}")
                .expect(422);
        assertThat(api.get("/scheduler/jobs/" + job).text("next_fire_time")).isEqualTo(next);
        assertThat(api.get("/scheduler/jobs/" + job).text("status")).isEqualTo("active");
    }

    @OnEveryServer
    void aChangedJobGoesByItsNewSchedule(Api api) {
        String job = job(
                        api,
                        "{'job_type':'event','name':'j','schedule_time':'%s','payload_json':{'event_type':'tick'}}"
                                .formatted(future()))
                .id();
        api.patch("/scheduler/jobs/" + job, "{'name':'k','schedule_time':'%s'}".formatted(past()))
                .expect(200);
        untilFirings(api, job, 1, "completed");
        assertThat(api.get("/scheduler/jobs?job_type=event").text("items.0.name"))
                .isEqualTo("k");
    }

    @OnEveryServer
    void aCallerReportsWhatBecameOfAJob(Api api) {
        String job = job(
                        api,
                        "{'job_type':'runtime','name':'j','schedule_time':'2026-04-26T12:00:00Z','payload_json':{'workflow_run_id':'run-id'}}")
                .id();
        api.post("/scheduler/jobs/claim-due", "{'worker_key':'w1','limit':20}").expect(200);
        api.post("/scheduler/jobs/" + job + "/status", "{'status':'completed'}").expect(200);
        assertThat(api.get("/scheduler/jobs/" + job).text("status")).isEqualTo("completed");
        api.post("/scheduler/jobs/" + job + "/status", "{'status':'completed'}").expect(200);
        api.post("/scheduler/jobs/" + job + "/status", "{'status':'failed'}").expect(409);
        api.elsewhere()
                .post("/scheduler/jobs/" + job + "/status", "{'status':'failed'}")
                .expect(404);
    }

    @OnEveryServer
    void wrongJobsAreRefusedByName(Api api) {
        String event = "'name':'j','payload_json':{'event_type':'tick'}";
        refused(api, "{'job_type':'event'," + event + "}", "schedule_time");
        refused(api, "{'job_type':'event','cron':'61 * * * *'," + event + "}", "cron");
        refused(api, "{'job_type':'event','cron':'* * * * *','timezone':'Mars/Base'," + event + "}", "timezone");
        refused(api, "{'job_type':'event','cron':'* * * * *','interval_seconds':5," + event + "}", "schedule_time");
        refused(api, "{'job_type':'dance','interval_seconds':5," + event + "}", "job_type");
        refused(api, "{'job_type':'notification','interval_seconds':5," + event + "}", "job_type");
        refused(
                api,
                "{'job_type':'http','interval_seconds':5,'name':'j','payload_json':{'url':'nowhere'}}",
                "payload_json.url");
        refused(
                api,
                "{'job_type':'runtime','interval_seconds':5,'name':'j','payload_json':{}}",
                "payload_json.workflow_id");
        refused(
                api,
                "{'job_type':'event','on_event':{'event_type':'a','filter':'1 +'}," + event + "}",
                "on_event.filter");
        assertThat(api.get("/scheduler/jobs").expect(200).each("id")).isEmpty();
    }

    private static void refused(Api api, String body, String path) {
        Answer answer = api.post("/scheduler/jobs", body);
        assertThat(answer.status()).as(answer.text()).isEqualTo(422);
        assertThat(answer.text("errors.0.path")).isEqualTo(path);
    }
}
