package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Chapter 3: sessions, messages, requests for runs. */
class SessionApiTest {
    private static final String ANSWER =
            "{'nodes':[{'id':'a','type':'answer','config':{'template':'Hello'}}],'edges':[]}";

    @OnEveryServer
    void aSessionIsCreatedShownChangedAndDeleted(Api api) {
        Answer created = api.post(
                        "/sessions",
                        "{'app_id':'app-1','user_id':'user-1','channel_type':'web','title':'First',"
                                + "'metadata_json':{'tier':'gold'}}")
                .expect(201);
        String path = "/sessions/" + created.id();
        assertThat(created.text("app_id")).isEqualTo("app-1");
        assertThat(created.text("metadata_json.tier")).isEqualTo("gold");
        assertThat(created.text("created_time")).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(api.get(path).expect(200).json()).isEqualTo(created.json());

        Answer changed = api.patch(path, "{'title':'Second','status':'closed'}").expect(200);
        assertThat(changed.text("title")).isEqualTo("Second");
        assertThat(changed.text("user_id")).isEqualTo("user-1");

        api.delete(path).expect(204);
        api.get(path).expect(404, "not_found");
        api.delete(path).expect(404, "not_found");
    }

    @OnEveryServer
    void sessionsAreListedByPageAndFilter(Api api) {
        for (int i = 0; i < 5; i++) {
            api.post("/sessions", "{'channel_type':'%s','user_id':'u%d'}".formatted(i == 0 ? "voice" : "web", i))
                    .expect(201);
        }
        assertThat(api.get("/sessions?channel_type=voice").expect(200).each("user_id"))
                .containsExactly("u0");
        assertThat(pages(api, "/sessions?limit=2", "user_id")).containsExactly("u4", "u3", "u2", "u1", "u0");
        assertThat(pages(api, "/sessions?limit=2&sort=created_time", "user_id"))
                .containsExactly("u0", "u1", "u2", "u3", "u4");
    }

    @OnEveryServer
    void messagesKeepTheirOrder(Api api) {
        String messages = "/sessions/" + api.session() + "/messages";
        for (int i = 0; i < 5; i++) {
            Answer message = api.post(
                            messages, "{'role':'user','content_text':'m%d','content_json':{'n':%d}}".formatted(i, i))
                    .expect(201);
            assertThat(message.text("content_text")).isEqualTo("m" + i);
            assertThat(message.at("content_json.n").asInt()).isEqualTo(i);
        }
        assertThat(pages(api, messages + "?limit=2", "content_text")).containsExactly("m0", "m1", "m2", "m3", "m4");
        assertThat(api.get(messages + "?order=desc&limit=1").expect(200).each("content_text"))
                .containsExactly("m4");
    }

    @OnEveryServer
    void aRequestForARunIsStored(Api api) {
        String version = api.published(ANSWER);
        Answer stored = api.post(
                        "/sessions/run-requests",
                        "{'session_id':'%s','app_version_id':'appv-1','workflow_version_id':'%s'}"
                                .formatted(api.session(), version))
                .expect(201);
        assertThat(stored.text("status")).isEqualTo("pending");
        assertThat(stored.text("app_version_id")).isEqualTo("appv-1");
        assertThat(stored.text("run_id")).isNull();
        assertThat(api.get("/sessions/run-requests/" + stored.id()).expect(200).json())
                .isEqualTo(stored.json());
        assertThat(api.get("/sessions/run-requests?status=pending").expect(200).each("id"))
                .containsExactly(stored.id());

        Answer dispatched = api.post(
                        "/sessions/run-requests/dispatch", "{'run_request_id':'%s'}".formatted(stored.id()))
                .expect(201);
        assertThat(dispatched.text("run_request.status")).isEqualTo("dispatched");
        assertThat(dispatched.text("run_request.run_id")).isEqualTo(dispatched.text("run.id"));
        assertThat(api.ended(dispatched.text("run.id")).text("status")).isEqualTo("completed");

        // Again: the same run, not another one.
        Answer again = api.post("/sessions/run-requests/dispatch", "{'run_request_id':'%s'}".formatted(stored.id()))
                .expect(201);
        assertThat(again.text("run.id")).isEqualTo(dispatched.text("run.id"));
        assertThat(api.get("/runtime/runs").expect(200).each("id")).hasSize(1);
    }

    @OnEveryServer
    void aStoredRequestWhoseRunIsRefusedHasFailed(Api api) {
        String request = api.post(
                        "/sessions/run-requests",
                        "{'session_id':'%s','workflow_version_id':'%s'}"
                                .formatted(api.session(), api.published(ANSWER)))
                .expect(201)
                .id();
        api.post("/sessions/run-requests/dispatch", "{'run_request_id':'%s','priority':1000}".formatted(request))
                .expect(422);
        assertThat(api.get("/sessions/run-requests/" + request).expect(200).text("status"))
                .isEqualTo("failed");
        assertThat(api.get("/runtime/runs").expect(200).each("id")).isEmpty();
    }

    @OnEveryServer
    void aDispatchReturnsTheRequestAndItsRun(Api api) {
        String workflow = api.workflow("dispatched");
        String version = api.version(workflow, ANSWER, "draft");
        String session = api.session();
        Answer both = api.post(
                        "/sessions/run-requests/dispatch",
                        ("{'session_id':'%s','app_id':'app-1','app_version_id':'appv-1','workflow_id':'%s',"
                            + "'workflow_version_id':'%s','initial_node':{'node_id':'start','node_type':'llm'}}")
                                .formatted(session, workflow, version))
                .expect(201);
        assertThat(both.text("run_request.session_id")).isEqualTo(session);
        assertThat(both.text("run_request.status")).isEqualTo("dispatched");
        String run = both.text("run.id");
        assertThat(both.text("run.session_id")).isEqualTo(session);
        assertThat(both.text("run.tenant_id")).isEqualTo(api.workspace());
        assertThat(api.nodeRuns(run).each("node_type")).containsExactly("llm");
        assertThat(api.get("/runtime/runs?session_id=" + session).expect(200).each("id"))
                .containsExactly(run);
    }

    @OnEveryServer
    void manyDispatchesOfOneRequestMakeOneRun(Api api) throws Exception {
        String request = api.post(
                        "/sessions/run-requests",
                        "{'session_id':'%s','workflow_version_id':'%s'}"
                                .formatted(api.session(), api.published(ANSWER)))
                .expect(201)
                .id();
        Callable<String> dispatch =
                () -> api.post("/sessions/run-requests/dispatch", "{'run_request_id':'%s'}".formatted(request))
                        .expect(201)
                        .text("run.id");
        Set<String> runs = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<String> one : threads.invokeAll(Collections.nCopies(12, dispatch))) runs.add(one.get());
        }
        assertThat(runs).hasSize(1);
        assertThat(api.get("/runtime/runs").expect(200).each("id")).containsExactlyElementsOf(runs);
    }

    @OnEveryServer
    void aRunAndTheDeletionOfItsSessionHaveAnOrder(Api api) throws Exception {
        String version = api.published("{'nodes':[{'id':'w','type':'wait','config':{'signal':'go'}}],'edges':[]}");
        for (int i = 0; i < 10; i++) {
            String session = api.session();
            String dispatch = "{'session_id':'%s','workflow_version_id':'%s'}".formatted(session, version);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<Answer> run = threads.submit(() -> api.post("/sessions/run-requests/dispatch", dispatch));
                Future<Answer> deletion = threads.submit(() -> api.delete("/sessions/" + session));
                boolean started = run.get().status() == 201;
                assertThat(run.get().status()).isIn(201, 404);
                assertThat(deletion.get().status()).isEqualTo(started ? 409 : 204);
            }
        }
    }

    @OnEveryServer
    void aSessionWithALivingRunIsNotDeleted(Api api) {
        String session = api.session();
        String version = api.published("{'nodes':[{'id':'w','type':'wait','config':{'signal':'go'}}],'edges':[]}");
        String run = api.post(
                        "/runtime/runs", "{'workflow_version_id':'%s','session_id':'%s'}".formatted(version, session))
                .expect(202)
                .id();
        api.delete("/sessions/" + session).expect(409);
        api.post("/runtime/runs/" + run + "/cancel?wait_seconds=20");
        api.delete("/sessions/" + session).expect(204);
    }

    /** A field of all items, page by page. */
    static List<String> pages(Api api, String path, String field) {
        List<String> all = new ArrayList<>();
        Answer page = api.get(path).expect(200);
        all.addAll(page.each(field));
        while (page.text("next_cursor") != null) {
            page = api.get(path + "&cursor=" + page.text("next_cursor")).expect(200);
            all.addAll(page.each(field));
        }
        return all;
    }
}
