package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.api.WrongRequests.Things;
import dev.agentplatform.app.api.WrongRequests.Wrong;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Dialect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the server answers to requests that are wrong: a problem document with the right status and the path of the
 * field, nothing changed, nothing told about its inside.
 */
class BadInputTest {
    private static final Set<String> NOT_COUNTED = Set.of("idempotency_key", "worker", "gateway_request_audit");
    private static final List<String> INSIDE = List.of("Exception", "\tat ", ".java:", "SQL", "sqlite", "jackson");

    @OnEveryServer
    void everyWrongRequestIsAnsweredAndChangesNothing(Api api) {
        Things things = things(api);
        List<Wrong> all = WrongRequests.all(things);
        assertThat(all).hasSizeGreaterThanOrEqualTo(400);
        Database database = api.server().platform().database();
        Map<String, Long> before = rows(database);
        List<String> faults = new ArrayList<>();
        for (Wrong wrong : all) faults.addAll(faults(wrong, send(api, wrong)));
        assertThat(faults).isEmpty();
        assertThat(rows(database)).isEqualTo(before);
    }

    /** What is wrong with the answer to a wrong request. */
    static List<String> faults(Wrong wrong, Answer answer) {
        List<String> faults = new ArrayList<>();
        String requestId = answer.headers().firstValue("x-request-id").orElse("none");
        String type = answer.headers().firstValue("content-type").orElse("none");
        if (answer.status() != wrong.status()) faults.add("the status is not " + wrong.status());
        if (!type.equals("application/problem+json")) faults.add("the content type is " + type);
        if (!requestId.equals(answer.text("request_id"))) faults.add("the request id is not " + requestId);
        if (!String.valueOf(answer.text("code")).matches("[a-z][a-z0-9_]*")) faults.add("there is no code");
        if (!String.valueOf(answer.status()).equals(answer.text("status"))) faults.add("its status is another one");
        for (String inside : INSIDE) if (answer.text().contains(inside)) faults.add("it tells " + inside);
        List<String> paths = answer.json()
                .path("errors")
                .valueStream()
                .map(error -> error.path("path").asString())
                .toList();
        if (wrong.path() != null && !paths.contains(wrong.path())) faults.add("no error is about " + wrong.path());
        return faults.stream()
                .map(fault -> wrong + ": " + fault + ": " + answer.status() + " " + shortened(answer.text()))
                .toList();
    }

    private static String shortened(String text) {
        return text.length() > 400 ? text.substring(0, 400) + "…" : text;
    }

    static Answer send(Api api, Wrong wrong) {
        HttpRequest.Builder request = HttpRequest.newBuilder();
        boolean named = wrong.headers().stream().anyMatch(header -> header.startsWith("x-"));
        if (!named) request.header("x-workspace-id", api.workspace());
        if (!wrong.headers().isEmpty()) request.headers(wrong.headers().toArray(String[]::new));
        if (wrong.body() == null)
            return api.exchange(
                    request.method(wrong.method(), BodyPublishers.noBody()), wrong.method(), wrong.target());
        // What is refused unread may close the connection while it is still sent: ask first.
        request.expectContinue(wrong.body().length > ApiServer.BODY_BYTES_MAX);
        if (!wrong.headers().contains("Content-Type")) request.header("Content-Type", "application/json");
        return api.exchange(
                request.method(wrong.method(), BodyPublishers.ofByteArray(wrong.body())),
                wrong.method(),
                wrong.target());
    }

    static Map<String, Long> rows(Database database) {
        String tables = database.dialect() == Dialect.SQLITE
                ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                : "SELECT table_name AS name FROM information_schema.tables"
                        + " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";
        List<String> names = database.read(sql -> sql.list(tables, row -> row.text("name")));
        Map<String, Long> counts = new TreeMap<>();
        for (String name : names) {
            if (NOT_COUNTED.contains(name)) continue;
            counts.put(
                    name,
                    database.read(sql -> sql.one("SELECT count(*) AS n FROM " + name, row -> row.number("n")))
                            .orElseThrow());
        }
        assertThat(counts).hasSizeGreaterThan(8);
        return counts;
    }

    private static Things things(Api api) {
        String answer = "{'nodes':[{'id':'a','type':'answer','config':{'template':'x'}}],'edges':[]}";
        String workflow = api.workflow("known");
        String draft = api.version(workflow, "{'nodes':[{'id':'a','type':'answer','config':{}}],'edges':[]}", "draft");
        String version = api.version(workflow, answer, "published");
        String run = api.byHand(version).id();
        String done = api.post("/human/tasks", "{'task_type':'approval','title':'Done'}")
                .expect(201)
                .id();
        api.post("/human/tasks/" + done + "/complete", "{'status':'approved'}").expect(200);
        return new Things(
                api.session(),
                workflow,
                version,
                draft,
                api.post("/workflows/apps", "{'code':'known','name':'Known'}")
                        .expect(201)
                        .id(),
                run,
                api.runVersion(version, "{}").id(),
                api.nodeRuns(run).text("items.0.id"),
                api.post("/human/tasks", "{'task_type':'approval','title':'Open'}")
                        .expect(201)
                        .id(),
                done,
                api.elsewhere().session());
    }
}
