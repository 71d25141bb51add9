package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.Price;
import dev.agentplatform.model.provider.Kind;
import dev.agentplatform.model.provider.Limits;
import dev.agentplatform.model.upstream.Upstream;
import dev.agentplatform.model.wire.Wire;
import dev.agentplatform.model.wire.WireRequest;
import dev.agentplatform.model.wire.WireTarget;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * A provider and model that may answer a call.
 *
 * @param wire empty for those that speak OpenAI's format
 */
record Candidate(
        String provider,
        Kind kind,
        WireTarget target,
        Upstream upstream,
        Optional<Wire> wire,
        Optional<Price> price,
        Gate gate) {

    Limits limits() {
        return gate.limits();
    }

    /** What is sent to it. The bytes of the client go through when nothing in them has to change. */
    WireRequest request(Ask ask) {
        Map<String, String> headers = new LinkedHashMap<>(8);
        if (wire.isPresent()) {
            ObjectNode translated = translated(ask);
            WireRequest plain = ask.operation() == Operation.CHAT
                    ? wire.get().chat(target, translated)
                    : wire.get().embeddings(target, translated);
            headers.putAll(plain.headers());
            addCommon(headers, ask);
            return new WireRequest(plain.method(), plain.url(), headers, plain.body());
        }
        headers.put("Content-Type", "application/json");
        headers.put("Accept", ask.streamed() ? "text/event-stream" : "application/json");
        if (target.apiKey() != null) headers.put("Authorization", "Bearer " + target.apiKey());
        addCommon(headers, ask);
        boolean mock = kind == Kind.MOCK;
        byte[] body = ask.bytesFor(target.model(), mock);
        return new WireRequest("POST", target.baseUrl() + ask.operation().path(), headers, body);
    }

    /** What is given to the wire. What a stream costs is asked for even when the client does not want to know. */
    ObjectNode translated(Ask ask) {
        ObjectNode request = ask.bodyFor(target.model(), false);
        if (ask.streamed()) request.set("stream_options", Json.object().put("include_usage", true));
        return request;
    }

    private static void addCommon(Map<String, String> headers, Ask ask) {
        headers.put("Accept-Encoding", "identity");
        headers.put("User-Agent", "agent-platform");
        if (ask.requestId() != null) headers.put("x-request-id", ask.requestId());
        if (ask.origin().idempotencyKey() != null)
            headers.put("Idempotency-Key", ask.origin().idempotencyKey());
    }

    WireRequest listRequest() {
        if (wire.isPresent()) return wire.get().models(target);
        Map<String, String> headers = new LinkedHashMap<>(4);
        headers.put("Accept", "application/json");
        headers.put("Accept-Encoding", "identity");
        if (target.apiKey() != null) headers.put("Authorization", "Bearer " + target.apiKey());
        return new WireRequest("GET", target.baseUrl() + "/models", headers, null);
    }
}
