package dev.agentplatform.web;

import dev.agentplatform.kernel.Problem;
import java.util.List;
import java.util.Optional;

/**
 * Which web pages may call from another origin (CORS). Without a setting none: their reads stay unreadable to them, and
 * their writes, which a browser would send without asking, are refused.
 */
final class Origins {
    private static final String ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private static final String EXPOSED_HEADERS =
            "x-request-id, Retry-After, Idempotent-Replayed, Location, Content-Location, X-RateLimit-Limit,"
                    + " X-RateLimit-Remaining, X-RateLimit-Reset";

    private final List<String> allowed;

    Origins(List<String> allowed) {
        this.allowed = allowed;
    }

    /** The origin of the page that calls, when it may. */
    Optional<String> allowed(Request request) {
        if (allowed.isEmpty()) return Optional.empty();
        return request.header("Origin").filter(origin -> allowed.contains(origin) || allowed.contains("*"));
    }

    /** The browser says itself that a page of another site sends this; no proxy changes that header. */
    void refuseForeignWrite(Request request) {
        if (request.header("Sec-Fetch-Site").filter("cross-site"::equals).isEmpty()) return;
        boolean reads = request.method().equals("GET") || request.method().equals("HEAD");
        if (reads || allowed(request).isPresent()) return;
        throw Problem.forbidden("origin_not_allowed", "Pages of another site may not write here.");
    }

    static Reply preflight(Request request, Reply reply) {
        String asked = request.header("Access-Control-Request-Headers").orElse("content-type");
        return reply.header("Access-Control-Allow-Methods", ALLOWED_METHODS)
                .header("Access-Control-Allow-Headers", asked)
                .header("Access-Control-Max-Age", "600");
    }

    static boolean isPreflight(Request request) {
        return request.header("Access-Control-Request-Method").isPresent();
    }

    /** What every answer to an allowed page carries. */
    static String exposedHeaders() {
        return EXPOSED_HEADERS;
    }
}
