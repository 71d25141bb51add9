package dev.agentplatform.app.api;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;

/** What tests of budgets begin with: a model at a known price, and what calls it. */
final class Budgeting {
    /** A dollar for a million tokens of the prompt, two for those of the answer. */
    private static final String PROVIDER =
            "{'name':'acme','kind':'mock','models':[{'name':'paid','upstream_name':'m-1','price':"
                    + "{'prompt_per_million_micros':1000000,'completion_per_million_micros':2000000}}]}";

    private Budgeting() {}

    static void provider(Api api) {
        api.post("/models/providers", PROVIDER).expect(201);
    }

    /** A budget of these fields without braces; gives its id. */
    static String budget(Api api, String fields) {
        return api.post("/budgets", "{" + fields + "}").expect(201).id();
    }

    /** Calls the paid model as a client does; the mock says that it used 10 and 20 tokens: 50 millionths of a dollar. */
    static Answer chat(Api api, String more, String... headers) {
        String body = ("{'model':'paid','max_tokens':20,'messages':[{'role':'user','content':'hi'}],"
                        + "'mock':{'content':'ok','usage':{'prompt_tokens':10,'completion_tokens':20}}" + more + "}")
                .replace('\'', '"');
        HttpRequest.Builder request = HttpRequest.newBuilder()
                .header("Content-Type", "application/json")
                .header("x-workspace-id", api.workspace())
                .POST(BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return api.exchange(request, "POST", "/v1/chat/completions");
    }

    /** A workflow of nodes that ask the paid model one after the other; gives its published version. */
    static String thinking(Api api, int nodes) {
        StringBuilder list = new StringBuilder("{'id':'s','type':'start'}");
        StringBuilder edges = new StringBuilder();
        for (int i = 1; i <= nodes; i++) {
            list.append(",{'id':'m%d','type':'llm','config':{'model':'paid','max_tokens':20,'prompt':'hi'%s}}"
                    .formatted(
                            i,
                            ",'extra_json':{'mock':{'content':'ok','usage':"
                                    + "{'prompt_tokens':10,'completion_tokens':20}}}"));
            edges.append(i == 1 ? "" : ",")
                    .append("{'source':'%s','target':'m%d'}".formatted(i == 1 ? "s" : "m" + (i - 1), i));
        }
        return api.published("{'nodes':[" + list + "],'edges':[" + edges + "]}");
    }

    static String start(Api api, String version, String more) {
        return api.post("/runtime/runs", "{'workflow_version_id':'%s'%s}".formatted(version, more))
                .expect(202)
                .id();
    }

    /** The task that a paused run asks with. */
    static String task(Api api, String run) {
        return api.untilItems("/human/tasks?status=open&run_id=" + run, 1).text("items.0.id");
    }

    static Answer answer(Api api, String task, String body) {
        return api.post("/human/tasks/" + task + "/complete", body);
    }
}
