package dev.agentplatform.skill;

import dev.agentplatform.code.CodeRequest;
import dev.agentplatform.code.CodeResult;
import dev.agentplatform.code.CodeRunner;
import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Does what a version of a skill says, but for runs of other definitions. Answers {@code {output_text, output_json}}. */
final class SkillWork {
    private final OutboundClient outbound;
    private final CodeRunner code;

    SkillWork(OutboundClient outbound, CodeRunner code) {
        this.outbound = outbound;
        this.code = code;
    }

    /** @throws Problem with the code of the failure */
    JsonNode call(Implementation implementation, JsonNode input, String idempotencyKey) throws InterruptedException {
        return switch (implementation) {
            case Implementation.TextTemplate text ->
                answer(DollarTemplate.render(text.template(), input), Json.nothing());
            case Implementation.Http http -> request(http, input, idempotencyKey);
            case Implementation.Code source -> run(source, input);
            case Implementation.Child child -> throw new IllegalArgumentException("a child is a run of its own");
        };
    }

    static ObjectNode answer(String text, JsonNode json) {
        ObjectNode answer = Json.object().put("output_text", text);
        answer.set("output_json", json);
        return answer;
    }

    private JsonNode request(Implementation.Http http, JsonNode input, String idempotencyKey)
            throws InterruptedException {
        JsonNode resolved = http.request().resolve(root -> root.equals("input") ? input : Json.nothing());
        JsonNode body = resolved.path("body");
        String named = NodeConfig.text(resolved.path("method")).strip().toUpperCase(Locale.ROOT);
        String method = !named.isEmpty() ? named : Json.isNothing(body) ? "GET" : "POST";
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Idempotency-Key", idempotencyKey);
        if (!Json.isNothing(body)) headers.put("Content-Type", body.isString() ? "text/plain" : "application/json");
        resolved.path("headers")
                .properties()
                .forEach(header -> headers.put(header.getKey(), NodeConfig.text(header.getValue())));
        OutboundRequest request = new OutboundRequest(
                method,
                QueryText.append(NodeConfig.text(resolved.path("url")), resolved.path("query")),
                headers,
                Json.isNothing(body) ? null : NodeConfig.text(body).getBytes(StandardCharsets.UTF_8),
                Duration.ofSeconds(http.timeoutSeconds()),
                OutboundRequest.RESPONSE_BYTES_MAX);
        try {
            OutboundResponse response = outbound.exchange(request);
            if (response.status() >= 400) {
                throw new Problem(
                        502, "http_" + response.status(), "The answer has the status " + response.status() + ".");
            }
            String text = response.text();
            return answer(text, json(text));
        } catch (OutboundError failed) {
            throw new Problem(502, failed.code(), failed.getMessage());
        }
    }

    private static JsonNode json(String text) {
        String start = text.stripLeading();
        if (!start.startsWith("{") && !start.startsWith("[")) return Json.nothing();
        try {
            return Json.parse(text);
        } catch (IllegalArgumentException notJson) {
            return Json.nothing();
        }
    }

    private JsonNode run(Implementation.Code source, JsonNode input) throws InterruptedException {
        Duration timeout = source.timeoutSeconds() == 0 ? null : Duration.ofSeconds(source.timeoutSeconds());
        CodeResult result = code.run(new CodeRequest(source.language(), source.code(), input, timeout));
        if (!result.completed()) throw new Problem(422, result.errorCode(), result.errorMessage());
        // What the code says is its answer; what it prints only when it says nothing.
        boolean plain = result.result().isString();
        String text = plain
                ? result.result().stringValue()
                : Json.isNothing(result.result()) ? result.output() : Json.write(result.result());
        return answer(text, result.result());
    }
}
