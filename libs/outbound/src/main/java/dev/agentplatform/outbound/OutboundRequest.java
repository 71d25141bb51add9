package dev.agentplatform.outbound;

import java.time.Duration;
import java.util.Map;

/**
 * One request to send.
 *
 * <p>Headers that frame a message ({@code Host, Content-Length, Connection} …) are the client's business
 * and are left out when given.
 *
 * @param url absolute, {@code http} or {@code https}
 * @param headers in the order in which they are sent
 * @param body null for none
 * @param timeLimit for everything: name resolution, connecting, redirects and the last byte of the body
 * @param responseBytesMax size of the body, after decompression
 */
public record OutboundRequest(
        String method, String url, Map<String, String> headers, byte[] body, Duration timeLimit, int responseBytesMax) {
    public static final Duration TIME_LIMIT = Duration.ofSeconds(30);
    public static final int RESPONSE_BYTES_MAX = 1024 * 1024;

    public static OutboundRequest get(String url) {
        return new OutboundRequest("GET", url, Map.of(), null, TIME_LIMIT, RESPONSE_BYTES_MAX);
    }
}
