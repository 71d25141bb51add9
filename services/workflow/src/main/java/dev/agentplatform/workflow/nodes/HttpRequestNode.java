package dev.agentplatform.workflow.nodes;

import dev.agentplatform.engine.NodeConfig;
import dev.agentplatform.engine.NodeContext;
import dev.agentplatform.engine.NodeType;
import dev.agentplatform.engine.NodeWork;
import dev.agentplatform.engine.Outcome;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.language.CompiledTree;
import dev.agentplatform.language.Scope;
import dev.agentplatform.language.Template;
import dev.agentplatform.outbound.AcceptedStatuses;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code http-request}: sends {@code method, url, query, headers, body} and gives {@code {status_code, headers,
 * body}}, the body as JSON when it is JSON. Without a method it is POST when there is a body, else GET.
 *
 * <p>A status from 400 fails the step as {@code http_<status>} unless {@code accept_status} names it.
 */
public final class HttpRequestNode implements NodeType {
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

    private final OutboundClient client;

    public HttpRequestNode(OutboundClient client) {
        this.client = client;
    }

    @Override
    public String name() {
        return "http-request";
    }

    @Override
    public boolean effect() {
        return true;
    }

    @Override
    public NodeWork prepare(JsonNode config) {
        CompiledTree head =
                CompiledTree.parse(NodeConfig.only(config, "url", "method", "query", "headers", "accept_status"));
        JsonNode bodyConfig = config.path("body");
        Body body = bodyConfig.isString()
                ? Template.parse(bodyConfig.stringValue())::renderJson
                : CompiledTree.parse(bodyConfig)::resolve;
        Duration timeLimit = NodeConfig.timeLimit(config);
        return context -> send(context, head.resolve(context.scope()), body.resolve(context.scope()), timeLimit);
    }

    /** A text is one template, which may hold a whole JSON document; a tree has a template in each string. */
    @FunctionalInterface
    private interface Body {
        JsonNode resolve(Scope scope);
    }

    private Outcome send(NodeContext context, JsonNode head, JsonNode body, Duration timeLimit)
            throws InterruptedException {
        String url = withQuery(NodeConfig.required(head, "url"), head.path("query"));
        boolean hasBody =
                !Json.isNothing(body) && !(body.isString() && body.stringValue().isEmpty());
        String named = NodeConfig.text(head.path("method")).strip().toUpperCase(Locale.ROOT);
        String method = !named.isEmpty() ? named : hasBody ? "POST" : "GET";
        Map<String, String> headers = headers(context, head.path("headers"), hasBody ? body : null);
        byte[] bytes = hasBody ? NodeConfig.text(body).getBytes(StandardCharsets.UTF_8) : null;
        JsonNode input = input(method, url, headers);
        OutboundRequest request =
                new OutboundRequest(method, url, headers, bytes, timeLimit, OutboundRequest.RESPONSE_BYTES_MAX);
        try {
            return outcome(client.exchange(request), head.path("accept_status"), input);
        } catch (OutboundError error) {
            return new Outcome.Fail(error.code(), error.getMessage(), error.retryable(), Json.nothing(), input);
        }
    }

    private static Outcome outcome(OutboundResponse response, JsonNode accepted, JsonNode input) {
        int status = response.status();
        String text = response.text();
        ObjectNode output = Json.object();
        output.put("status_code", status);
        ObjectNode headers = output.putObject("headers");
        response.headers().forEach((name, values) -> headers.put(name, String.join(", ", values)));
        output.set("body", body(response, text));
        boolean accept = AcceptedStatuses.accept(accepted, status);
        if (status < 400 || accept) return new Outcome.Done(output, text, null, null, input, List.of());
        boolean retryable = status == 408 || status == 429 || status >= 500;
        String message = "The answer has the status " + status + ".";
        return new Outcome.Fail("http_" + status, message, retryable, output, input);
    }

    private static JsonNode body(OutboundResponse response, String text) {
        String type = response.contentType();
        if (text.isEmpty()) return Json.nothing();
        boolean json = type.endsWith("/json") || type.endsWith("+json");
        // Many servers name no type, or a wrong one, for what is plainly a document.
        boolean document =
                text.stripLeading().startsWith("{") || text.stripLeading().startsWith("[");
        if (!json && !document) return Json.text(text);
        try {
            return Json.parse(text);
        } catch (IllegalArgumentException notJson) {
            return Json.text(text);
        }
    }

    private static Map<String, String> headers(NodeContext context, JsonNode config, JsonNode body) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.put("Idempotency-Key", context.idempotencyKey());
        headers.put("x-workspace-id", context.run().workspaceId());
        if (body != null) headers.put("Content-Type", body.isString() ? PLAIN_TEXT : "application/json");
        for (Map.Entry<String, JsonNode> header : object("headers", config).properties()) {
            if (!Json.isNothing(header.getValue())) headers.put(header.getKey(), NodeConfig.text(header.getValue()));
        }
        return headers;
    }

    private static String withQuery(String url, JsonNode query) {
        StringBuilder added = new StringBuilder();
        for (Map.Entry<String, JsonNode> parameter : object("query", query).properties()) {
            JsonNode value = parameter.getValue();
            if (value.isArray()) for (JsonNode one : value) add(added, parameter.getKey(), one);
            else add(added, parameter.getKey(), value);
        }
        if (added.isEmpty()) return url;
        int fragment = url.indexOf('#');
        String whole = fragment < 0 ? url : url.substring(0, fragment);
        return whole + (whole.indexOf('?') < 0 ? "?" : "&") + added;
    }

    private static void add(StringBuilder query, String name, JsonNode value) {
        if (Json.isNothing(value)) return;
        if (!query.isEmpty()) query.append('&');
        query.append(encode(name)).append('=').append(encode(NodeConfig.text(value)));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static JsonNode object(String name, JsonNode value) {
        JsonNode tree = NodeConfig.tree(name, value);
        if (Json.isNothing(tree)) return Json.object();
        if (!tree.isObject()) throw Problem.invalid(name, "must be an object");
        return tree;
    }

    /** Values of headers are credentials more often than not: only their names are recorded. */
    private static JsonNode input(String method, String url, Map<String, String> headers) {
        ObjectNode input = Json.object();
        input.put("method", method);
        input.put("url", url);
        ArrayNode names = input.putArray("headers");
        headers.keySet().forEach(names::add);
        return input;
    }
}
