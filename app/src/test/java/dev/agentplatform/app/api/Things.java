package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One of each kind of thing that a route can name by its id. A new kind of thing needs an entry here. */
final class Things {
    /** What routes need before they look for the id. */
    static final Map<String, String> BODIES = Map.ofEntries(
            Map.entry("/gateway/api-keys/{id}/status", "{'status':'revoked'}"),
            Map.entry("/skills/installations/{id}/status", "{'status':'disabled'}"),
            Map.entry("/sessions/{id}/messages", "{'role':'user','content_text':'x'}"),
            Map.entry("/runtime/runs/{id}/status", "{'status':'failed'}"),
            Map.entry("/runtime/runs/{id}/signal", "{'name':'go'}"),
            Map.entry("/runtime/node-runs/{id}/status", "{'status':'running','worker_key':'thief'}"),
            Map.entry("/runtime/node-runs/{id}/resume-human", "{'human_task_id':'x'}"),
            Map.entry("/human/tasks/{id}/claim", "{'claimed_by':'thief'}"),
            Map.entry("/human/tasks/{id}/complete", "{'status':'approved'}"),
            Map.entry("/tools/credentials/{id}/rotate", "{'secret_json':{'token':'long-enough'}}"),
            Map.entry("/events/{id}/status", "{'status':'delivered'}"),
            Map.entry("/events/subscriptions/{id}/replay", "{'from_time':'2026-01-01T00:00:00Z'}"),
            Map.entry("/scheduler/jobs/{id}/status", "{'status':'completed'}"),
            Map.entry(
                    "/scheduler/jobs/{id}/backfill",
                    "{'from_time':'2026-01-01T00:00:00Z','to_time':'2026-01-02T00:00:00Z',"
                            + "'from':'2026-01-01T00:00:00Z','to':'2026-01-02T00:00:00Z'}"));

    /** Beginnings of paths and the kind of thing that they name; the first that fits counts. */
    private static final List<Map.Entry<String, String>> KINDS = List.of(
            Map.entry("/workflows/versions/", "version"),
            Map.entry("/workflows/apps/versions/", "app_version"),
            Map.entry("/workflows/apps/", "app"),
            Map.entry("/workflows/", "workflow"),
            Map.entry("/sessions/run-requests/", "request"),
            Map.entry("/sessions/", "session"),
            Map.entry("/runtime/node-runs/", "node_run"),
            Map.entry("/runtime/runs/", "run"),
            Map.entry("/human/tasks/", "task"),
            Map.entry("/auth/users/", "users"),
            Map.entry("/auth/roles/", "roles"),
            Map.entry("/auth/assignments/", "assignments"),
            Map.entry("/gateway/api-keys/", "api-keys"),
            Map.entry("/memories/", "memory"),
            Map.entry("/agents/versions/", "agent_version"),
            Map.entry("/agents/runs/", "agent_run"),
            Map.entry("/agents/", "agent"),
            Map.entry("/teams/versions/", "team_version"),
            Map.entry("/teams/runs/", "team_run"),
            Map.entry("/teams/", "team"),
            Map.entry("/skills/versions/", "skill_version"),
            Map.entry("/skills/runs/", "skill_run"),
            Map.entry("/skills/installations/", "installation"),
            Map.entry("/skills/", "skill"),
            Map.entry("/tools/versions/", "tool_version"),
            Map.entry("/tools/bindings/", "binding"),
            Map.entry("/tools/credentials/", "credential"),
            Map.entry("/tools/", "tool"),
            Map.entry("/models/providers/", "provider"),
            Map.entry("/events/subscriptions/", "subscription"),
            Map.entry("/events/deliveries/", "delivery"),
            Map.entry("/events/inbound-endpoints/", "endpoint"),
            Map.entry("/events/", "event"),
            Map.entry("/scheduler/jobs/", "job"));

    /** Routes that name no thing of a workspace by its id: models have names, and inbound webhooks are signed. */
    private static final List<String> NAMES = List.of("/models/{id...}", "/v1/models/{id...}", "/events/inbound/{key}");

    private static final String ANSWER =
            "{'nodes':[{'id':'a','type':'answer','config':{'template':'Hello'}}],'edges':[]}";

    private Things() {}

    static boolean isName(String path) {
        return NAMES.contains(path);
    }

    static Map<String, String> of(Api api) {
        Map<String, String> ids = new HashMap<>();
        ids.put("session", api.session());
        ids.put("workflow", api.workflow("mine"));
        ids.put("version", api.version(ids.get("workflow"), ANSWER, "published"));
        ids.put(
                "app",
                api.post("/workflows/apps", "{'code':'mine','name':'Mine'}")
                        .expect(201)
                        .id());
        ids.put(
                "app_version",
                api.post("/workflows/apps/versions", "{'app_id':'mine'}")
                        .expect(201)
                        .id());
        ids.put("run", api.byHand(ids.get("version")).id());
        ids.put("node_run", api.nodeRuns(ids.get("run")).text("items.0.id"));
        ids.put(
                "task",
                api.post("/human/tasks", "{'task_type':'approval','title':'Mine'}")
                        .expect(201)
                        .id());
        ids.put(
                "request",
                api.post(
                                "/sessions/run-requests",
                                "{'session_id':'%s','workflow_version_id':'%s'}"
                                        .formatted(ids.get("session"), ids.get("version")))
                        .expect(201)
                        .id());
        ids.put(
                "users",
                api.post("/auth/users", "{'username':'mine'}").expect(201).id());
        ids.put(
                "roles",
                api.post("/auth/roles", "{'code':'mine','name':'Mine','permissions_json':[]}")
                        .expect(201)
                        .id());
        ids.put(
                "assignments",
                api.post("/auth/assignments", "{'user_id':'mine','role_id':'mine'}")
                        .expect(201)
                        .id());
        ids.put(
                "api-keys",
                api.post("/gateway/api-keys", "{'name':'mine'}").expect(201).id());
        ids.put("memory", made(api, "/memories", "{'scope_type':'user','scope_id':'u','content_text':'mine'}"));
        toolsAndModels(api, ids);
        eventsAndJobs(api, ids);
        program(api, ids, "agent", "'system_prompt':'x'");
        program(api, ids, "team", "'coordination_mode':'router','member_refs':[{'member_key':'m','agent_id':'mine'}]");
        program(api, ids, "skill", "'runtime_type':'template','implementation_json':{'template':'x'}");
        ids.put("installation", made(api, "/skills/installations", "{'skill_id':'mine','install_scope':'workspace'}"));
        return ids;
    }

    /** A definition of the kind, a version and a run of it. */
    private static void program(Api api, Map<String, String> ids, String kind, String version) {
        String id = Programs.made(api, kind, "mine");
        ids.put(kind, id);
        ids.put(
                kind + "_version",
                Programs.version(api, kind, id, version).expect(201).id());
        ids.put(kind + "_run", Programs.byHand(api, kind, id, "'input_text':'x'"));
    }

    private static void toolsAndModels(Api api, Map<String, String> ids) {
        ids.put("tool", made(api, "/tools", "{'code':'mine','name':'Mine','tool_type':'http'}"));
        ids.put(
                "tool_version",
                made(
                        api,
                        "/tools/versions",
                        "{'tool_id':'%s','invoke_config_json':{'url':'http://127.0.0.1:1/'}}"
                                .formatted(ids.get("tool"))));
        ids.put(
                "credential",
                made(
                        api,
                        "/tools/credentials",
                        "{'name':'mine','credential_type':'bearer','secret_json':{'token':'long-enough'}}"));
        ids.put(
                "binding",
                made(
                        api,
                        "/tools/bindings",
                        "{'tool_id':'%s','scope_type':'agent','scope_id':'a','config_json':{}}"
                                .formatted(ids.get("tool"))));
        ids.put("provider", made(api, "/models/providers", "{'name':'mine','kind':'mock'}"));
    }

    private static void eventsAndJobs(Api api, Map<String, String> ids) {
        ids.put(
                "subscription",
                made(
                        api,
                        "/events/subscriptions",
                        "{'name':'mine','event_types':['mine'],"
                                + "'target':{'type':'webhook','url':'http://127.0.0.1:1/'}}"));
        ids.put(
                "event",
                made(
                        api,
                        "/events",
                        "{'event_type':'mine','source_service':'test','aggregate_type':'a','aggregate_id':'1',"
                                + "'payload_json':{}}"));
        String pending = "/events/deliveries?status=pending&subscription_id=" + ids.get("subscription");
        ids.put("delivery", api.get(pending).expect(200).text("items.0.id"));
        ids.put("endpoint", made(api, "/events/inbound-endpoints", "{'name':'mine','event_type':'mine'}"));
        ids.put(
                "job",
                made(
                        api,
                        "/scheduler/jobs",
                        "{'job_type':'event','name':'mine','schedule_time':'2099-01-01T00:00:00Z','payload_json':"
                                + "{'event_type':'e','source_service':'s','aggregate_type':'a','aggregate_id':'1'}}"));
    }

    private static String made(Api api, String path, String body) {
        return api.post(path, body).expect(201).id();
    }

    static String filled(String path, Map<String, String> ids) {
        String kind = KINDS.stream()
                .filter(entry -> path.startsWith(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse("unknown");
        assertThat(ids).as("a thing for %s", path).containsKey(kind);
        return path.replaceAll("\\{[^}]*}", ids.get(kind));
    }
}
