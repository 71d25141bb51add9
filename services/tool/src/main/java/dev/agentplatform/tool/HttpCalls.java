package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.outbound.AcceptedStatuses;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.outbound.OutboundError;
import dev.agentplatform.outbound.OutboundRequest;
import dev.agentplatform.outbound.OutboundResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sends the requests of HTTP tools, with their credential, and reads the answers. */
final class HttpCalls {
    /** Levels of a JSON answer: it is stored and shown inside of further objects. */
    static final int DEPTH_MAX = 100;

    private final OutboundClient client;
    private final OAuthTokens tokens;
    private final Clock clock;

    HttpCalls(OutboundClient client, OAuthTokens tokens, Clock clock) {
        this.client = client;
        this.tokens = tokens;
        this.clock = clock;
    }

    /** An answer as JSON, or as text when it is none. */
    private record Body(JsonNode json, String fault) {}

    /** @param secret null for none; nothing in the result shows it */
    ToolResult send(HttpCall call, Secret secret, Duration timeLimit) throws InterruptedException {
        if (secret == null)
            return exchange(call, Secret.Additions.NONE, Mask.NONE, timeLimit).result();
        Mask mask = Mask.of(secret.values());
        if (secret.credential().type() != CredentialType.OAUTH2) {
            return exchange(call, secret.additions(call.auth()), mask, timeLimit)
                    .result();
        }
        long end = clock.millis() + timeLimit.toMillis();
        try {
            String token = tokens.token(secret, timeLimit);
            Answered first = exchange(call, Secret.bearer(token), mask.with(List.of(token)), left(end));
            if (first.status() != 401) return first.result();
            // Tokens are taken back before their time; once more with a new one.
            tokens.forget(secret, token);
            String fresh = tokens.token(secret, left(end));
            return exchange(call, Secret.bearer(fresh), mask.with(List.of(token, fresh)), left(end))
                    .result();
        } catch (OAuthTokens.Refused refused) {
            return failed("credential_refused", refused.getMessage(), refused.retryable(), call, mask);
        } catch (OutboundError error) {
            String message = "The token server: " + error.getMessage();
            return failed("token_" + error.code(), message, error.retryable(), call, mask);
        }
    }

    private Duration left(long end) {
        return Duration.ofMillis(Math.max(1, end - clock.millis()));
    }

    /** @param status 0 when no answer came */
    private record Answered(int status, ToolResult result) {}

    private Answered exchange(HttpCall call, Secret.Additions additions, Mask mask, Duration timeLimit)
            throws InterruptedException {
        HttpCall complete = call.with(additions);
        OutboundRequest request = new OutboundRequest(
                complete.method(),
                complete.url(),
                complete.headers(),
                complete.body(),
                timeLimit,
                OutboundRequest.RESPONSE_BYTES_MAX);
        try {
            OutboundResponse response = client.exchange(request);
            return new Answered(response.status(), read(complete, response, mask));
        } catch (OutboundError error) {
            return new Answered(0, failed(error.code(), error.getMessage(), error.retryable(), complete, mask));
        }
    }

    private static ToolResult read(HttpCall call, OutboundResponse response, Mask mask) {
        int status = response.status();
        String text = response.text();
        Body body = body(response, text);
        JsonNode value = mask.tree(body.json());
        ObjectNode output = Json.object();
        output.set("request", mask.tree(call.shown()));
        output.put("status_code", status);
        ObjectNode headers = output.putObject("headers");
        for (Map.Entry<String, List<String>> header : response.headers().entrySet()) {
            headers.put(mask.text(header.getKey()), mask.text(String.join(", ", header.getValue())));
        }
        output.set("body", value);
        boolean accepted = AcceptedStatuses.accept(call.acceptStatus(), status);
        if (status >= 400 && !accepted) {
            boolean later = status == 408 || status == 429 || status >= 500;
            return new ToolResult.Failed("http_" + status, "The answer has the status " + status + ".", later, output);
        }
        if (body.fault() != null) return new ToolResult.Failed("invalid_answer", body.fault(), false, output);
        // Escapes of JSON could spell a secret in ways no mask knows; what is written anew has none.
        boolean rewritten = !mask.isNone() && !value.isString() && !Json.isNothing(value);
        return new ToolResult.Done(output, value, rewritten ? Json.write(value) : mask.text(text));
    }

    private static Body body(OutboundResponse response, String text) {
        String type = response.contentType();
        if (text.isBlank()) return new Body(Json.nothing(), null);
        boolean declared = type.endsWith("/json") || type.endsWith("+json");
        char first = text.stripLeading().charAt(0);
        // Many servers name no type, or a wrong one, for what is plainly a document.
        if (!declared && first != '{' && first != '[') return new Body(Json.text(text), null);
        try {
            JsonNode json = Json.parse(text);
            if (depth(json, 0) <= DEPTH_MAX) return new Body(json, null);
            return new Body(Json.nothing(), "The answer is JSON of more than " + DEPTH_MAX + " levels.");
        } catch (IllegalArgumentException noJson) {
            if (!declared) return new Body(Json.text(text), null);
            return new Body(Json.nothing(), "The answer is called JSON and is none, or is nested too deep.");
        }
    }

    /** Parsing has bounded it already, so that this recursion has an end. */
    private static int depth(JsonNode tree, int above) {
        int deepest = above;
        if (tree.isContainer()) for (JsonNode child : tree) deepest = Math.max(deepest, depth(child, above + 1));
        return deepest;
    }

    private static ToolResult failed(String code, String message, boolean retryable, HttpCall call, Mask mask) {
        ObjectNode output = Json.object();
        output.set("request", mask.tree(call.shown()));
        return new ToolResult.Failed(code, mask.text(message), retryable, output);
    }
}
