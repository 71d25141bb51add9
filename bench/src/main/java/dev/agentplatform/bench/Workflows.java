package dev.agentplatform.bench;

import dev.agentplatform.bench.harness.HttpConnection;
import dev.agentplatform.kernel.Json;
import java.io.IOException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Publishes workflows on a server, over HTTP as any client would. */
final class Workflows {
    private Workflows() {}

    /** A node without a name. */
    static ObjectNode node(String id, String type, ObjectNode config) {
        ObjectNode node = Json.object().put("id", id).put("type", type);
        node.set("config", config);
        return node;
    }

    /** Publishes these nodes one after the other; returns the id of the workflow. */
    static String publish(HttpConnection connection, String code, ObjectNode... chain) throws IOException {
        ObjectNode document = Json.object();
        ArrayNode nodes = document.putArray("nodes");
        ArrayNode edges = document.putArray("edges");
        for (int i = 0; i < chain.length; i++) {
            nodes.add(chain[i]);
            if (i == 0) continue;
            edges.addObject()
                    .put("source", chain[i - 1].get("id").asString())
                    .put("target", chain[i].get("id").asString());
        }
        ObjectNode workflow = Json.object().put("code", code).put("name", code);
        String workflowId = create(connection, "/workflows", workflow);
        ObjectNode version = Json.object().put("workflow_id", workflowId);
        version.set("dsl_json", document);
        String versionId = create(connection, "/workflows/versions", version);
        connection.post("/workflows/versions/" + versionId + "/publish", "{}").expect(200);
        return workflowId;
    }

    private static String create(HttpConnection connection, String path, ObjectNode body) throws IOException {
        String answer = connection.post(path, Json.write(body)).expect(200, 201).body();
        return Json.parse(answer).get("id").asString();
    }

    /** The body of {@code POST /runtime/runs}. */
    static String run(String workflowId) {
        ObjectNode body = Json.object().put("workflow_id", workflowId);
        body.set("input_json", Json.parse(Payloads.INPUT));
        return Json.write(body);
    }

    /** Starts a run; returns its id at once. */
    static String start(HttpConnection connection, String workflowId) throws IOException {
        String answer =
                connection.post("/runtime/runs", run(workflowId)).expect(202).body();
        return Json.parse(answer).get("id").asString();
    }
}
