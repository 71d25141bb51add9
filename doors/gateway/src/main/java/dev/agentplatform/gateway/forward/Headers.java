package dev.agentplatform.gateway.forward;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Request;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers go on to the other side, and which are made here. Names are in lower case. */
final class Headers {
    /** The processes that passed a request on, so that a ring of them is noticed. */
    static final String VIA = "x-agent-platform-via";

    private static final int HOPS_MAX = 8;

    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** Made anew, or answered here: this process has invited the body and judged where the page came from. */
    private static final Set<String> OURS = Set.of(
            "host",
            "content-length",
            "expect",
            "origin",
            "x-request-id",
            "x-workspace-id",
            "x-tenant-id",
            "traceparent",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
            VIA);

    private Headers() {}

    /**
     * The head of the message to the upstream, without its framing.
     *
     * @throws Problem 508 when this process has passed the request on before
     */
    static List<Map.Entry<String, String>> request(Request request, Upstream upstream, String processId) {
        Map<String, List<String>> sent = request.headers();
        Set<String> dropped = dropped(sent);
        boolean traced = TraceContext.isValid(request.traceparent().orElse(null));
        List<Map.Entry<String, String>> lines = new ArrayList<>();
        lines.add(Map.entry("host", upstream.authority()));
        sent.forEach((name, values) -> {
            if (dropped.contains(name) || OURS.contains(name) || name.startsWith("sec-fetch-")) return;
            if (name.equals("tracestate") && !traced) return;
            for (String value : values) lines.add(Map.entry(name, value));
        });
        lines.add(Map.entry("x-request-id", request.requestId()));
        // A default that nobody named would contradict a workspace in the body.
        if (request.workspaceNamed() || !request.principal().isAnonymous()) {
            lines.add(Map.entry("x-workspace-id", request.workspace().id()));
            lines.add(Map.entry("x-tenant-id", request.workspace().id()));
        }
        lines.add(Map.entry(
                "traceparent",
                TraceContext.of(request.traceparent().orElse(null)).child()));
        lines.add(Map.entry("x-forwarded-for", appended(sent.get("x-forwarded-for"), request.clientAddress())));
        request.header("Host").ifPresent(host -> lines.add(Map.entry("x-forwarded-host", host)));
        lines.add(Map.entry("x-forwarded-proto", request.baseUrl().startsWith("https:") ? "https" : "http"));
        lines.add(Map.entry(VIA, via(sent.get(VIA), processId, upstream)));
        return lines;
    }

    private static String via(List<String> sent, String processId, Upstream upstream) {
        List<String> passed = tokens(sent);
        if (passed.contains(processId) || passed.size() >= HOPS_MAX) {
            throw new Problem(
                    508,
                    "forwarding_loop",
                    "The address of " + upstream.service().name() + " leads back to a process that has passed this"
                            + " request on before; check " + upstream.service().setting() + ".");
        }
        passed.add(processId);
        return String.join(",", passed);
    }

    private static String appended(List<String> sent, String address) {
        return sent == null ? address : String.join(", ", sent) + ", " + address;
    }

    /** What goes back to the caller; whether pages of other sites may read it is decided here. */
    static Map<String, List<String>> answer(Map<String, List<String>> received) {
        Set<String> dropped = dropped(received);
        Map<String, List<String>> lines = new LinkedHashMap<>();
        received.forEach((name, values) -> {
            boolean ours = name.equals("x-request-id") || name.startsWith("access-control-");
            boolean framing = name.equals("content-length") || name.equals("content-type");
            if (!ours && !framing && !dropped.contains(name)) lines.put(name, values);
        });
        return lines;
    }

    private static Set<String> dropped(Map<String, List<String>> headers) {
        Set<String> dropped = new HashSet<>(HOP_BY_HOP);
        dropped.addAll(tokens(headers.get("connection")));
        return dropped;
    }

    static List<String> tokens(List<String> values) {
        List<String> tokens = new ArrayList<>();
        if (values == null) return tokens;
        for (String value : values) {
            for (String token : value.split(",")) {
                if (!token.isBlank()) tokens.add(token.strip().toLowerCase(Locale.ROOT));
            }
        }
        return tokens;
    }
}
