package dev.agentplatform.mcp;

import dev.agentplatform.kernel.Problem;
import dev.agentplatform.web.Request;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * Which web pages may speak to this door. A page may have a name resolve to this machine and so reach it under its own
 * origin, past the rules of browsers; so even an origin that is the address of the request is taken only on loopback.
 */
record OriginCheck(List<String> allowed) {
    /** @throws Problem 403 {@code origin_not_allowed} */
    void check(Request request) {
        String origin = request.header("Origin").orElse("");
        if (origin.isEmpty() || allowed.contains("*") || allowed.contains(origin)) return;
        if (origin.equals(request.baseUrl()) && isLoopback(origin)) return;
        throw Problem.forbidden(
                "origin_not_allowed",
                "Pages of " + shown(origin) + " may not use /mcp; AGENT_PLATFORM_CORS_ORIGINS can allow it.");
    }

    private static String shown(String origin) {
        return origin.length() > 200 ? origin.substring(0, 200) : origin;
    }

    private static boolean isLoopback(String origin) {
        try {
            String host = new URI(origin).getHost();
            return host != null
                    && (host.equals("localhost") || host.equals("[::1]") || host.matches("127(\\.\\d{1,3}){3}"));
        } catch (URISyntaxException malformed) {
            return false;
        }
    }
}
