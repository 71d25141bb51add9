package dev.agentplatform.gateway.forward;

import java.net.ProtocolException;
import java.util.List;
import java.util.Map;

/**
 * Status and headers of an answer, names in lower case.
 *
 * @param length of the body; {@link #CHUNKED} or {@link #UNTIL_CLOSE} when it has none
 * @param reusable the connection stays open behind the body
 */
record AnswerHead(int status, Map<String, List<String>> headers, long length, boolean reusable) {
    static final long CHUNKED = -1;
    static final long UNTIL_CLOSE = -2;

    /** @throws ProtocolException when the end of the body could be understood in two ways, or in none */
    static AnswerHead of(int status, boolean http11, Map<String, List<String>> headers, boolean toHead)
            throws ProtocolException {
        List<String> encodings = Headers.tokens(headers.get("transfer-encoding"));
        List<String> lengths = Headers.tokens(headers.get("content-length"));
        if (!encodings.isEmpty() && (!encodings.equals(List.of("chunked")) || !lengths.isEmpty() || !http11)) {
            throw new ProtocolException("its length is told in a way that is not allowed");
        }
        if (lengths.stream().distinct().count() > 1) throw new ProtocolException("it tells two lengths");
        List<String> connection = Headers.tokens(headers.get("connection"));
        boolean stays = http11 && !connection.contains("close");
        long told = lengths.isEmpty() ? UNTIL_CLOSE : number(lengths.getFirst());
        boolean bodiless = toHead || status == 204 || status == 304;
        if (bodiless) return new AnswerHead(status, headers, 0, stays);
        if (!encodings.isEmpty()) return new AnswerHead(status, headers, CHUNKED, stays);
        return new AnswerHead(status, headers, told, stays && told != UNTIL_CLOSE);
    }

    private static long number(String text) throws ProtocolException {
        if (!text.matches("[0-9]{1,18}")) throw new ProtocolException("its length is no number");
        return Long.parseLong(text);
    }
}
