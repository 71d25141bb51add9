package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.testkit.Await;
import java.time.Instant;
import java.util.List;

/** Chapter 14: tasks for people, and the nodes that wait for them. */
class HumanApiTest {
    private static final String TASK = "{'task_type':'approval','title':'Approve refund','run_id':'run-id',"
            + "'node_run_id':'node-run-id','assigned_to':'ops-1','request_payload_json':{'amount':99}}";

    @OnEveryServer
    void aTaskIsClaimedAndCompletedOnce(Api api) {
        Answer task = api.post("/human/tasks", TASK).expect(201);
        assertThat(task.at("request_payload_json.amount").asInt()).isEqualTo(99);
        String path = "/human/tasks/" + task.id();
        assertThat(api.get(path).expect(200).json()).isEqualTo(task.json());

        assertThat(api.post(path + "/claim", "{'claimed_by':'ops-1'}")
                        .expect(200)
                        .text("claimed_by"))
                .isEqualTo("ops-1");
        api.post(path + "/claim", "{'claimed_by':'ops-2'}").expect(409, "already_claimed");
        api.post(path + "/release", "{'claimed_by':'ops-2'}").expect(409);
        api.post(path + "/release", "{'claimed_by':'ops-1'}").expect(200);
        api.post(path + "/claim", "{'claimed_by':'ops-2'}").expect(200);

        Answer done = api.post(path + "/complete", "{'status':'approved','response_payload_json':{'approved':true}}")
                .expect(200);
        assertThat(done.text("status")).isEqualTo("approved");
        assertThat(done.at("response_payload_json.approved").asBoolean(false)).isTrue();
        api.post(path + "/complete", "{'status':'rejected'}").expect(409);
        api.post(path + "/claim", "{'claimed_by':'ops-1'}").expect(409);
        api.post(path + "/cancel").expect(409);
        assertThat(api.get(path).expect(200).json()).isEqualTo(done.json());
    }

    @OnEveryServer
    void anUnansweredTaskEscalatesAtItsTime(Api api) {
        String due = Instant.now().plusMillis(300).toString();
        String late = api.post("/human/tasks", TASK.replace("'title'", "'due_time':'" + due + "','title'"))
                .expect(201)
                .id();
        Await.until(
                () -> api.get("/human/tasks/" + late).expect(200).text("escalated_time") != null,
                "the escalation of task " + late);
        Answer shown = api.get("/human/tasks/" + late).expect(200);
        assertThat(shown.text("status")).isEqualTo("open");
        assertThat(Instant.parse(shown.text("escalated_time"))).isAfterOrEqualTo(Instant.parse(shown.text("due_time")));
        api.post("/human/tasks/" + late + "/complete", "{'status':'approved'}").expect(200);
    }

    @OnEveryServer
    void theInboxIsFiltered(Api api) {
        String mine = api.post("/human/tasks", TASK).expect(201).id();
        String other = api.post("/human/tasks", TASK.replace("ops-1", "ops-2"))
                .expect(201)
                .id();
        assertThat(api.get("/human/tasks?assigned_to=ops-1").expect(200).each("id"))
                .containsExactly(mine);
        api.post("/human/tasks/" + other + "/cancel").expect(200);
        assertThat(api.get("/human/tasks?status=cancelled").expect(200).each("id"))
                .containsExactly(other);
        assertThat(SessionApiTest.pages(api, "/human/tasks?limit=1", "id")).containsExactly(other, mine);
    }

    @OnEveryServer
    void anAnswerIsCheckedAgainstTheForm(Api api) {
        String task = api.post(
                        "/human/tasks",
                        "{'task_type':'input','title':'Age?','form_schema_json':{'type':'object','required':['age'],"
                                + "'properties':{'age':{'type':'integer'}}}}")
                .expect(201)
                .id();
        String complete = "/human/tasks/" + task + "/complete";
        Answer refused = api.post(complete, "{'status':'completed','response_payload_json':{'age':'old'}}")
                .expect(422);
        assertThat(refused.text("errors.0.path")).isEqualTo("response_payload_json.age");
        api.post(complete, "{'status':'completed','response_payload_json':{}}").expect(422);
        api.post(complete, "{'status':'completed','response_payload_json':{'age':42}}")
                .expect(200);
    }

    @OnEveryServer
    void aHumanNodeWaitsAndGoesOnWithTheAnswer(Api api) {
        for (String type : List.of("human", "approval", "human-input", "human-takeover")) {
            String version = api.published("""
                {'nodes':[{'id':'ask','type':'%s','config':{'title':'About {{ input.what }}','assigned_to':'ops-1'}},
                  {'id':'end','type':'answer','config':{'template':'answered'}}],
                 'edges':[{'source':'ask','target':'end'}]}\
                """.formatted(type));
            String run = api.post(
                            "/runtime/runs",
                            "{'workflow_version_id':'%s','input_json':{'what':'money'}}".formatted(version))
                    .expect(202)
                    .id();
            api.until(run, "waiting");
            assertThat(RunApiTest.status(api.nodeRuns(run), "ask")).as(type).isEqualTo("pending");
            Answer tasks = api.get("/human/tasks?run_id=" + run).expect(200);
            assertThat(tasks.each("title")).containsExactly("About money");
            String task = tasks.text("items.0.id");
            String node = tasks.text("items.0.node_run_id");
            assertThat(node).isEqualTo(api.nodeRuns(run).text("items.0.id"));

            String resume = "{'human_task_id':'%s','worker_key':'one'}".formatted(task);
            api.post("/runtime/node-runs/" + node + "/resume-human", resume).expect(409, "task_open");
            api.post("/human/tasks/" + task + "/complete", "{'status':'completed','response_payload_json':{'ok':1}}")
                    .expect(200);
            assertThat(api.ended(run).text("status")).as(type).isEqualTo("completed");
            assertThat(api.post("/runtime/node-runs/" + node + "/resume-human", resume)
                            .expect(200)
                            .text("status"))
                    .isEqualTo("completed");
            assertThat(api.nodeRuns(run).each("node_id")).as("resumed once").containsExactly("ask", "end");
        }
    }

    @OnEveryServer
    void anApprovalTakesTheRouteOfItsAnswer(Api api) {
        String version = api.published("""
            {'nodes':[{'id':'ask','type':'approval'},
              {'id':'yes','type':'answer','config':{'template':'yes'}},
              {'id':'no','type':'answer','config':{'template':'no'}}],
             'edges':[{'source':'ask','target':'yes','condition':'approved'},
              {'source':'ask','target':'no','condition':'rejected'}]}\
            """);
        for (String answer : List.of("approved", "rejected")) {
            String run = api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(version))
                    .expect(202)
                    .id();
            api.until(run, "waiting");
            String task = api.get("/human/tasks?run_id=" + run).expect(200).text("items.0.id");
            api.post("/human/tasks/" + task + "/complete", "{'status':'%s'}".formatted(answer))
                    .expect(200);
            assertThat(api.ended(run).text("output_text")).isEqualTo(answer.equals("approved") ? "yes" : "no");
        }
    }

    @OnEveryServer
    void aRunDrivenByHandIsBlockedByAPersonAndResumed(Api api) {
        String run = api.byHand(api.published("""
            {'nodes':[{'id':'ask','type':'approval'},{'id':'end','type':'answer','config':{'template':'on'}}],
             'edges':[{'source':'ask','target':'end'}]}\
            """)).id();
        assertThat(api.post("/runtime/runs/" + run + "/execute", "{'worker_key':'one'}")
                        .expect(200)
                        .text("status"))
                .isEqualTo("waiting");
        String task = api.get("/human/tasks?run_id=" + run).expect(200).text("items.0.id");
        String node = api.nodeRuns(run).text("items.0.id");
        api.post("/human/tasks/" + task + "/complete", "{'status':'approved'}").expect(200);
        api.post(
                        "/runtime/node-runs/" + node + "/resume-human",
                        "{'human_task_id':'%s','worker_key':'one'}".formatted(task))
                .expect(200);
        assertThat(api.post("/runtime/runs/" + run + "/execute", "{'worker_key':'one'}")
                        .expect(200)
                        .text("status"))
                .isEqualTo("completed");
    }

    @OnEveryServer
    void theTaskOfACancelledRunIsWithdrawn(Api api) {
        String version = api.published("{'nodes':[{'id':'ask','type':'approval'}],'edges':[]}");
        String run = api.post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(version))
                .expect(202)
                .id();
        api.until(run, "waiting");
        String task = api.get("/human/tasks?run_id=" + run).expect(200).text("items.0.id");
        api.post("/runtime/runs/" + run + "/cancel?wait_seconds=20");
        api.post("/human/tasks/" + task + "/complete", "{'status':'approved'}").expect(409);
        assertThat(api.get("/human/tasks/" + task).expect(200).text("status")).isEqualTo("cancelled");
    }
}
