package dev.agentplatform.app.api;

import dev.agentplatform.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every wrong request that the server must refuse, one respect at a time. */
final class WrongRequests {
    private WrongRequests() {}

    static List<Wrong> all(Things things) {
        List<Wrong> all = new ArrayList<>();
        sessions(all, things);
        workflows(all, things);
        runs(all, things);
        drivingByHand(all, things);
        people(all, things);
        lists(all, things);
        envelopes(all);
        graphs(all, things);
        return all;
    }

    /** One wrong request. {@code path} is the field that the problem must name; null when there is none to name. */
    record Wrong(String method, String target, byte[] body, List<String> headers, int status, String path) {
        Wrong with(String name, String value) {
            List<String> more = new ArrayList<>(headers);
            more.addAll(List.of(name, value));
            return new Wrong(method, target, body, more, status, path);
        }

        @Override
        public String toString() {
            String shown = body == null ? "" : new String(body, 0, Math.min(body.length, 150), StandardCharsets.UTF_8);
            String where = target.length() > 150 ? target.substring(0, 150) + "…" : target;
            return method + " " + where + " " + shown;
        }
    }

    /** Things that exist, for requests that are wrong in one respect only. */
    record Things(
            String session,
            String workflow,
            String version,
            String draft,
            String app,
            String run,
            String ended,
            String node,
            String task,
            String done,
            String foreign) {}

    static Wrong wrong(String method, String target, String body, int status, String path) {
        byte[] bytes = body == null ? null : body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return new Wrong(method, target, bytes, List.of(), status, path);
    }

    static Wrong post(String target, String body, int status, String path) {
        return wrong("POST", target, body, status, path);
    }

    static Wrong get(String target, int status, String path) {
        return wrong("GET", target, null, status, path);
    }

    /** A body with one field after another of a type that is wrong; {@code good} holds the others. */
    static void types(
            List<Wrong> all, String method, String target, String good, Map<String, List<String>> wrongValues) {
        wrongValues.forEach((field, values) -> {
            for (String value : values) {
                var body = (tools.jackson.databind.node.ObjectNode) Json.parse(good.replace('\'', '"'));
                body.set(field, Json.parse(value.replace('\'', '"')));
                all.add(wrong(method, target, Json.write(body), 422, field));
            }
        });
    }

    private static final List<String> NO_TEXT = List.of("1", "true", "{}", "[]");
    private static final List<String> NO_ID = List.of("1", "'no-id'", "{}");
    private static final List<String> NO_OBJECT = List.of("1", "'text'", "[]");

    private static void sessions(List<Wrong> all, Things things) {
        types(
                all,
                "POST",
                "/sessions",
                "{'channel_type':'web'}",
                Map.of(
                        "channel_type",
                        List.of("1", "{}", "[]", "''", "'" + "x".repeat(101) + "'"),
                        "app_id",
                        NO_TEXT,
                        "user_id",
                        NO_TEXT,
                        "title",
                        List.of("1", "'" + "x".repeat(501) + "'"),
                        "metadata_json",
                        NO_OBJECT));
        all.add(post("/sessions", "{}", 422, "channel_type"));
        all.add(post("/sessions", "{'channel_type':null}", 422, "channel_type"));
        String session = "/sessions/" + things.session();
        types(
                all,
                "PATCH",
                session,
                "{}",
                Map.of("status", List.of("'gone'", "1"), "title", List.of("{}"), "metadata_json", NO_OBJECT));
        types(
                all,
                "POST",
                session + "/messages",
                "{'role':'user','content_text':'x'}",
                Map.of("role", List.of("1", "'king'", "null"), "content_text", List.of("1", "[]")));
        all.add(post(session + "/messages", "{'role':'user'}", 422, "content_text"));
        all.add(post("/sessions/" + things.workflow() + "/messages", "{'role':'user','content_text':'x'}", 404, null));
        all.add(get("/sessions/" + things.foreign(), 404, null));
        all.add(wrong("DELETE", "/sessions/" + things.foreign(), null, 404, null));
        all.add(wrong("PATCH", "/sessions/" + things.foreign(), "{'title':'x'}", 404, null));
        types(
                all,
                "POST",
                "/sessions/run-requests",
                "{'session_id':'%s','workflow_version_id':'%s'}".formatted(things.session(), things.version()),
                Map.of(
                        "session_id",
                        NO_ID,
                        "workflow_version_id",
                        NO_ID,
                        "workflow_id",
                        NO_ID,
                        "app_id",
                        List.of("1")));
        String request = "{'session_id':'%s','workflow_version_id':'%s'}";
        for (String path : List.of("/sessions/run-requests", "/sessions/run-requests/dispatch")) {
            all.add(post(path, request.formatted(things.foreign(), things.version()), 404, null));
            all.add(post(path, request.formatted(things.session(), things.session()), 404, null));
            all.add(post(path, "{}", 422, "session_id"));
        }
        all.add(post(
                "/sessions/run-requests/dispatch", "{'run_request_id':'%s'}".formatted(things.session()), 404, null));
        all.add(post(
                "/sessions/run-requests/dispatch",
                ("{'session_id':'%s','workflow_version_id':'%s','initial_node':{}}")
                        .formatted(things.session(), things.version()),
                422,
                "initial_node.node_id"));
    }

    private static void workflows(List<Wrong> all, Things things) {
        types(
                all,
                "POST",
                "/workflows/apps",
                "{'code':'new','name':'New'}",
                Map.of(
                        "code",
                        List.of("1", "''", "null", "'" + "x".repeat(129) + "'"),
                        "name",
                        List.of("1", "''", "{}"),
                        "description",
                        List.of("[]")));
        types(
                all,
                "POST",
                "/workflows/apps/versions",
                "{'app_id':'known'}",
                Map.of(
                        "app_id",
                        List.of("1", "''"),
                        "workflow_version_id",
                        NO_ID,
                        "status",
                        List.of("'gone'", "1"),
                        "config_json",
                        NO_OBJECT));
        types(
                all,
                "POST",
                "/workflows",
                "{'code':'new','name':'New'}",
                Map.of(
                        "code",
                        List.of("1", "''", "[]", "'" + "x".repeat(129) + "'"),
                        "name",
                        List.of("null", "''", "7"),
                        "app_id",
                        List.of("{}")));
        all.add(post("/workflows", "{'code':'known','name':'Again'}", 409, null));
        all.add(post("/workflows/apps", "{'code':'known','name':'Again'}", 409, null));
        all.add(wrong("PATCH", "/workflows/" + things.workflow(), "{'name':''}", 422, "name"));
        all.add(wrong("DELETE", "/workflows/" + things.workflow(), null, 409, null));
        types(
                all,
                "POST",
                "/workflows/versions",
                "{'workflow_id':'%s','dsl_json':{'nodes':[],'edges':[]}}".formatted(things.workflow()),
                Map.of(
                        "workflow_id",
                        NO_ID,
                        "dsl_json",
                        List.of("1", "[]", "'text'"),
                        "status",
                        List.of("'archived'", "'x'", "3")));
        all.add(post("/workflows/versions", "{'workflow_id':'%s'}".formatted(things.workflow()), 422, "dsl_json"));
        all.add(post(
                "/workflows/versions",
                "{'workflow_id':'%s','dsl_json':{'nodes':[],'edges':[]}}".formatted(things.foreign()),
                404,
                null));
        all.add(post("/workflows/validate", "{}", 422, "dsl_json"));
        all.add(post(
                "/workflows/versions/" + things.draft() + "/publish", "{}", 422, "dsl_json.nodes.0.config.template"));
        all.add(post("/workflows/versions/" + things.foreign() + "/publish", "{}", 404, null));
        all.add(get("/workflows/versions/" + things.version() + "/diff/" + things.foreign(), 404, null));
        all.add(get("/workflows/" + things.workflow() + "/export?format=xml", 400, "format"));
        all.add(get("/workflows/" + things.workflow() + "/export?version=99", 404, null));
        all.add(get("/workflows/" + things.workflow() + "/export?version=-1", 400, "version"));
        all.add(post("/workflows/import", "{'document':7}", 422, "document"));
        all.add(post("/workflows/import", "{'document':'a: [b'}", 400, null));
        all.add(post("/workflows/import", "{'document':'&a [*a, *a]'}", 400, null));
        all.add(post("/workflows/import", "{'document':'!!java.io.File [x]'}", 400, null));
        all.add(post("/workflows/import", "{}", 422, null));
    }

    private static void runs(List<Wrong> all, Things things) {
        String good = "{'workflow_version_id':'%s'}".formatted(things.version());
        types(
                all,
                "POST",
                "/runtime/runs",
                good,
                Map.of(
                        "workflow_version_id",
                        NO_ID,
                        "workflow_id",
                        List.of("1", "{}"),
                        "session_id",
                        NO_ID,
                        "initial_node",
                        NO_OBJECT,
                        "priority",
                        List.of("'high'", "101", "-101", "1.5", "99999999999999999999"),
                        "auto_start",
                        List.of("'yes'", "1"),
                        "timeout_seconds",
                        List.of("0", "-1", "1e300", "'1'"),
                        "app_id",
                        List.of("1", "'" + "x".repeat(201) + "'")));
        all.add(post("/runtime/runs", "{}", 422, "workflow_id"));
        all.add(post("/runtime/runs", "{'workflow_id':'nowhere'}", 404, null));
        all.add(post(
                "/runtime/runs",
                "{'workflow_id':'\\u0027; DROP TABLE run; --'}".replace("\\u0027", "\\\\u0027"),
                404,
                null));
        all.add(post("/runtime/runs", "{'workflow_id':'../../etc/passwd'}", 404, null));
        all.add(post("/runtime/runs", "{'workflow_version_id':'%s'}".formatted(things.foreign()), 404, null));
        all.add(post(
                "/runtime/runs",
                "{'workflow_version_id':'%s'}".formatted(things.draft()),
                422,
                "dsl_json.nodes.0.config.template"));
        all.add(post(
                "/runtime/runs",
                "{'workflow_version_id':'%s','session_id':'%s'}".formatted(things.version(), things.foreign()),
                404,
                null));
        all.add(post(
                "/runtime/runs",
                "{'workflow_version_id':'%s','initial_node':{'node_id':'n'}}".formatted(things.version()),
                422,
                "initial_node.node_type"));
        all.add(post(
                "/runtime/runs",
                "{'workflow_version_id':'%s','initial_node':{'node_id':'n','node_type':'answer','config':[]}}"
                        .formatted(things.version()),
                422,
                "initial_node.config"));
        all.add(post(
                "/runtime/runs",
                "{'workflow_version_id':'%s','initial_node':{'node_id':'n','node_type':'telepathy'}}"
                        .formatted(things.version()),
                422,
                "initial_node.node_type"));
        all.add(post(
                "/runtime/runs",
                ("{'workflow_version_id':'%s','initial_node':{'node_id':'n','node_type':'answer','config':{'template':'{{"
                    + " a b }}'}}}")
                        .formatted(things.version()),
                422,
                "initial_node.config.template"));
        all.add(post(
                "/runtime/runs",
                "{'workflow_version_id':'%s','initial_node':{'node_id':'n.m','node_type':'answer'}}"
                        .formatted(things.version()),
                422,
                "initial_node.node_id"));
        all.add(post("/runtime/runs?wait_seconds=61", good, 400, "wait_seconds"));
        all.add(post("/runtime/runs?wait_seconds=-1", good, 400, "wait_seconds"));
        all.add(post("/runtime/runs?wait_seconds=soon", good, 400, "wait_seconds"));
        all.add(post("/runtime/runs", good, 400, "Idempotency-Key").with("Idempotency-Key", "x".repeat(256)));
        String run = "/runtime/runs/" + things.run();
        String ended = "/runtime/runs/" + things.ended();
        types(all, "POST", run + "/status", "{}", Map.of("status", List.of("1", "'gone'", "null", "''")));
        for (String status : List.of("failed", "cancelled", "timed_out")) {
            all.add(post(ended + "/status", "{'status':'%s'}".formatted(status), 409, null));
        }
        all.add(post(run + "/status", "{'status':'completed'}", 409, null));
        all.add(post(ended + "/retry", "{}", 409, null));
        all.add(post(run + "/retry", "{}", 409, null));
        all.add(post(ended + "/signal", "{'name':'go'}", 409, null));
        types(all, "POST", run + "/signal", "{}", Map.of("name", List.of("1", "''", "null")));
        types(all, "POST", run + "/cancel", "{}", Map.of("reason", List.of("1", "{}")));
        all.add(get(run + "/events", 400, "Last-Event-ID").with("Last-Event-ID", "-5"));
        all.add(get(run + "?wait_seconds=1000", 400, "wait_seconds"));
        all.add(get("/runtime/node-artifacts", 400, "run_id"));
        all.add(get("/runtime/trace-spans?run_id=x", 400, "run_id"));
        all.add(get("/runtime/trace-spans?run_id=" + things.foreign(), 404, null));
        for (String id : List.of(
                "no-id",
                "00000000-0000-0000-0000-000000000000",
                things.foreign(),
                "%00",
                "%2e%2e",
                "a%2Fb",
                "1%27%20OR%201=1",
                "%FF")) {
            int status = id.equals("%FF") || id.equals("%00") ? 400 : 404;
            all.add(get("/runtime/runs/" + id, status, null));
            // Paths that are refused before the body is read may close the connection under it.
            if (!id.contains("%")) all.add(post("/runtime/runs/" + id + "/execute", "{'worker_key':'w'}", 404, null));
        }
    }

    private static void drivingByHand(List<Wrong> all, Things things) {
        String run = "/runtime/runs/" + things.run();
        String node = "/runtime/node-runs/" + things.node();
        types(
                all,
                "POST",
                run + "/execute",
                "{'worker_key':'w'}",
                Map.of(
                        "worker_key",
                        List.of("1", "{}", "'" + "x".repeat(201) + "'"),
                        "max_steps",
                        List.of("0", "-1", "'2'", "1.5", "1e9")));
        types(all, "POST", run + "/execute-next", "{}", Map.of("worker_key", List.of("[]")));
        types(
                all,
                "POST",
                "/runtime/workers/execute-next",
                "{'worker_key':'w'}",
                Map.of("lease_seconds", List.of("0", "-5", "'x'", "86401"), "worker_key", List.of("7")));
        types(
                all,
                "POST",
                node + "/status",
                "{'status':'running','worker_key':'w'}",
                Map.of(
                        "status",
                        List.of("1", "'gone'", "null"),
                        "worker_key",
                        List.of("1", "null"),
                        "lease_seconds",
                        List.of("0", "'a'"),
                        "output_text",
                        List.of("{}"),
                        "error_code",
                        List.of("1"),
                        "error_message",
                        List.of("[]")));
        all.add(post(node + "/status", "{'status':'skipped','worker_key':'w'}", 409, null));
        all.add(post(node + "/status", "{'status':'pending','worker_key':'w'}", 409, null));
        types(all, "POST", node + "/resume-human", "{}", Map.of("human_task_id", List.of("1", "null")));
        String unknown = things.node().substring(0, things.node().length() - 4) + "0099";
        all.add(get("/runtime/node-runs/" + unknown, 404, null));
        all.add(post("/runtime/node-runs/" + unknown + "/execute", "{'worker_key':'w'}", 404, null));
        all.add(post(
                "/runtime/node-runs/" + unknown + "/status", "{'status':'completed','worker_key':'w'}", 404, null));
        all.add(post("/runtime/node-runs/" + things.session() + "/execute", "{}", 404, null));
    }

    private static void people(List<Wrong> all, Things things) {
        types(
                all,
                "POST",
                "/human/tasks",
                "{'task_type':'approval','title':'T'}",
                Map.of(
                        "task_type",
                        List.of("1", "'dance'", "null"),
                        "title",
                        List.of("1", "''", "'" + "x".repeat(501) + "'"),
                        "run_id",
                        List.of("1"),
                        "assigned_to",
                        List.of("{}"),
                        "due_time",
                        List.of("'soon'", "5", "'2026-13-01T00:00:00Z'"),
                        "form_schema_json",
                        List.of("7")));
        all.add(post(
                "/human/tasks",
                "{'task_type':'input','title':'T','form_schema_json':{'type':'nothing'}}",
                422,
                "form_schema_json.type"));
        all.add(post(
                "/human/tasks",
                "{'task_type':'input','title':'T','form_schema_json':{'properties':{'a':{'minLength':-1}}}}",
                422,
                "form_schema_json.properties.a.minLength"));
        String task = "/human/tasks/" + things.task();
        String done = "/human/tasks/" + things.done();
        types(all, "POST", task + "/claim", "{}", Map.of("claimed_by", List.of("1", "''", "null")));
        types(all, "POST", task + "/complete", "{}", Map.of("status", List.of("1", "'maybe'", "null")));
        all.add(post(done + "/complete", "{'status':'rejected'}", 409, null));
        all.add(post(done + "/claim", "{'claimed_by':'me'}", 409, null));
        all.add(post(done + "/release", "{}", 409, null));
        all.add(post(done + "/cancel", "{}", 409, null));
        all.add(post("/human/tasks/" + things.foreign() + "/claim", "{'claimed_by':'me'}", 404, null));
        all.add(get("/human/tasks/x", 404, null));
        all.add(get("/human/tasks?status=lost", 400, "status"));
    }

    private static void lists(List<Wrong> all, Things things) {
        for (String list : List.of(
                "/sessions",
                "/sessions/" + things.session() + "/messages",
                "/sessions/run-requests",
                "/workflows",
                "/workflows/apps",
                "/workflows/" + things.workflow() + "/versions",
                "/runtime/runs",
                "/runtime/runs/" + things.run() + "/node-runs",
                "/human/tasks")) {
            for (String limit : List.of("0", "201", "-1", "x", "99999999999", ""))
                all.add(get(list + "?limit=" + limit, 400, "limit"));
            for (String cursor : List.of("!", "eA", "%27%20OR%201%3D1"))
                all.add(get(list + "?cursor=" + cursor, 400, "cursor"));
        }
        all.add(get("/sessions?sort=title", 400, "sort"));
        all.add(get("/workflows?sort=name;DROP", 400, "sort"));
        all.add(get("/runtime/runs?status=lost", 400, "status"));
        all.add(get("/runtime/runs?workflow_id=x", 400, "workflow_id"));
        all.add(get("/sessions/run-requests?session_id=x", 400, "session_id"));
        all.add(get("/sessions/" + things.session() + "/messages?order=up", 400, "order"));
        all.add(get("/workflows/" + things.workflow() + "/versions?status=x", 400, "status"));
    }

    private static void envelopes(List<Wrong> all) {
        for (String broken : List.of(
                "{", "{'a':", "nope", "{'a':1}}", "[1,]", "{'a':01}", "{'a':NaN}", " ", "{'a':'\n'}", "{a:1}")) {
            all.add(post("/sessions", broken, 400, null));
        }
        for (String other : List.of("[]", "1", "'text'", "null", "true"))
            all.add(post("/sessions", other, 422, "body"));
        all.add(post(
                "/sessions",
                "{'channel_type':'web','metadata_json':" + "{'a':".repeat(300) + "1" + "}".repeat(300) + "}",
                400,
                null));
        all.add(post("/sessions", "[".repeat(100_000), 400, null));
        all.add(post("/sessions", "{'channel_type':'web','metadata_json':{'n':" + "9".repeat(2_000) + "}}", 400, null));
        all.add(post(
                "/sessions",
                "{'channel_type':'web','title':'" + "x".repeat(ApiServer.BODY_BYTES_MAX) + "'}",
                413,
                null));
        all.add(post("/sessions", "{'channel_type':'a\\u0000b'}", 422, "channel_type"));
        all.add(post("/sessions", "{'channel_type':'\\ud800'}", 422, "channel_type"));
        byte[] invalid = "{\"channel_type\":\"?\"}".getBytes(StandardCharsets.UTF_8);
        invalid[17] = (byte) 0xC3;
        all.add(new Wrong("POST", "/sessions", invalid, List.of(), 400, null));
        String good = "{'channel_type':'web'}";
        for (String type :
                List.of("text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded")) {
            all.add(post("/sessions", good, 415, null).with("Content-Type", type));
        }
        for (String method : List.of("PUT", "DELETE", "PATCH")) all.add(wrong(method, "/sessions", good, 405, null));
        all.add(wrong("DELETE", "/runtime/runs", null, 405, null));
        all.add(get("/runtime/workers/execute-next", 405, null));
        all.add(wrong("BREW", "/sessions", null, 405, null));
        for (String path : List.of(
                "/",
                "/nowhere",
                "/sessionsx",
                "/sessions/a/b/c",
                "/gateway/gateway/sessions",
                "//sessions",
                "/sessions//messages")) {
            all.add(get(path, 404, null));
        }
        all.add(get("/sessions?limit=%FF", 400, null));
        for (String path : List.of(
                "/%2e%2e/%2e%2e/etc/passwd", "/sessions/../health", "/sessions/%00", "/sessions/..%2f..%2fhealth")) {
            all.add(get(path, path.contains("..%2f") || path.startsWith("/sessions/..") ? 404 : 400, null));
        }
        all.add(get("/sessions?tenant_id=a", 400, null).with("x-workspace-id", "b"));
        all.add(get("/sessions?tenant_id=a&workspace_id=b", 400, null).with("x-request-id", "r"));
        all.add(post("/sessions", "{'channel_type':'web','tenant_id':7}", 422, "tenant_id")
                .with("x-request-id", "r"));
        all.add(post("/sessions", "{'channel_type':'web','workspace_id':'b'}", 400, null)
                .with("x-tenant-id", "a"));
        for (String bad : List.of("a b", "a/b", "x".repeat(300), "'; DROP TABLE session; --")) {
            all.add(get("/sessions", 422, "x-workspace-id").with("x-workspace-id", bad));
        }
    }

    private static void graphs(List<Wrong> all, Things things) {
        Map<String, String> graphs = new TreeMap<>();
        graphs.put("{'nodes':{},'edges':[]}", "dsl_json.nodes");
        graphs.put("{'edges':[]}", "dsl_json.nodes");
        graphs.put("{'nodes':[],'edges':7}", "dsl_json.edges");
        graphs.put("{'nodes':[7],'edges':[]}", "dsl_json.nodes.0");
        graphs.put("{'nodes':[{'id':1,'type':'end'}],'edges':[]}", "dsl_json.nodes.0.id");
        graphs.put("{'nodes':[{'type':'end'}],'edges':[]}", "dsl_json.nodes.0.id");
        graphs.put("{'nodes':[{'id':'a'}],'edges':[]}", "dsl_json.nodes.0.type");
        graphs.put("{'nodes':[{'id':'a.b','type':'end'}],'edges':[]}", "dsl_json.nodes.0.id");
        graphs.put("{'nodes':[{'id':'a','type':'end'},{'id':'a','type':'end'}],'edges':[]}", "dsl_json.nodes.1.id");
        graphs.put("{'nodes':[{'id':'a','type':'telepathy'}],'edges':[]}", "dsl_json.nodes.0.type");
        graphs.put("{'nodes':[{'id':'a','type':'end','config':[]}],'edges':[]}", "dsl_json.nodes.0.config");
        graphs.put(
                "{'nodes':[{'id':'a','type':'end'}],'edges':[{'source':'a','target':'b'}]}", "dsl_json.edges.0.target");
        graphs.put("{'nodes':[{'id':'a','type':'end'}],'edges':[{'source':'a'}]}", "dsl_json.edges.0.target");
        graphs.put("{'nodes':[{'id':'a','type':'end'}],'edges':[{'source':'a','target':'a'}]}", "dsl_json.nodes");
        graphs.put(
                "{'nodes':[{'id':'s','type':'start'},{'id':'a','type':'end'},{'id':'b','type':'end'}],'edges':["
                        + "{'source':'s','target':'a'},{'source':'a','target':'b'},{'source':'b','target':'a'}]}",
                "dsl_json.edges.2");
        graphs.put(
                "{'nodes':[{'id':'a','type':'answer','config':{'template':7}}],'edges':[]}",
                "dsl_json.nodes.0.config.template");
        config(graphs, "answer", "'template':'{{ a b }}'", "template");
        config(graphs, "answer", "'template':'{{ state.x '", "template");
        config(graphs, "answer", "'template':'{{ " + "(".repeat(5_000) + " }}'", "template");
        config(graphs, "answer", "'template':'{{ missing_function(1) }}'", "template");
        config(graphs, "answer", "'template':'x','timeout_seconds':-1", "timeout_seconds");
        config(graphs, "answer", "'template':'x','timeout_seconds':1e400", "timeout_seconds");
        config(graphs, "answer", "'template':'x','delay_seconds':'soon'", "delay_seconds");
        config(graphs, "answer", "'template':'x','retry_policy':{'max_attempts':0}", "retry_policy.max_attempts");
        config(graphs, "answer", "'template':'x','retry_policy':{'backoff':'never'}", "retry_policy.backoff");
        config(graphs, "answer", "'template':'x','retry_policy':7", "retry_policy");
        config(graphs, "answer", "'template':'x','on_error':'panic'", "on_error");
        config(graphs, "answer", "'template':'x','compensation_node_id':'ghost'", "compensation_node_id");
        config(graphs, "answer", "'template':'x','allow_loop':'yes'", "allow_loop");
        config(graphs, "answer", "'template':'x','max_iterations':1000000000000", "max_iterations");
        config(graphs, "if-else", "'expression':'1 +'", "expression");
        config(graphs, "if-else", "'expression':'" + "!".repeat(10_000) + "true'", "expression");
        config(graphs, "if-else", "'expression':'matches(input.x, \\\"(a\\\")'", "expression");
        config(graphs, "if-else", "'expression':'java.lang.Runtime.exec(1)'", "expression");
        config(graphs, "if-else", "'expression':'" + "1+".repeat(600_000) + "1'", "expression");
        config(graphs, "join", "'join_policy':'n_completed'", "count");
        config(graphs, "join", "'join_policy':'most'", "join_policy");
        config(graphs, "loop", "'items':'{{ input.x }}'", "node");
        config(graphs, "loop", "'items':[1],'concurrency':0,'node':{'type':'end'}", "concurrency");
        config(graphs, "wait", "'seconds':-1", "seconds");
        config(graphs, "http-request", "'url':'http://x','method':'STEAL'", "method");
        config(graphs, "http-request", "'method':'GET'", "url");
        config(graphs, "assigner", "'assignments':[]", "assignments");
        graphs.forEach((dsl, path) -> all.add(post(
                "/workflows/versions",
                "{'workflow_id':'%s','status':'published','dsl_json':%s}".formatted(things.workflow(), dsl),
                422,
                path)));
    }

    private static void config(Map<String, String> graphs, String type, String config, String path) {
        String dsl = "{'nodes':[{'id':'a','type':'%s','config':{%s}}],'edges':[]}".formatted(type, config);
        graphs.put(dsl, "dsl_json.nodes.0.config." + path);
    }
}
