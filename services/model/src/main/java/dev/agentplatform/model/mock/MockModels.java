package dev.agentplatform.model.mock;

import dev.agentplatform.kernel.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The models that the mock names; it answers to any other name as well. */
final class MockModels {
    private MockModels() {}

    static ObjectNode list() {
        ObjectNode list = Json.object().put("object", "list");
        ArrayNode data = list.putArray("data");
        for (String name : new String[] {"mock", "mock-embedding"}) {
            data.addObject()
                    .put("id", name)
                    .put("object", "model")
                    .put("created", 0)
                    .put("owned_by", "mock");
        }
        return list;
    }
}
