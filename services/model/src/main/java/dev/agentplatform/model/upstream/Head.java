package dev.agentplatform.model.upstream;

import dev.agentplatform.model.upstream.UpstreamError.Code;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The head of an answer.
 *
 * @param headers by name in lower case; of several with one name the last
 * @param length of the body, -1 when it is not told
 */
record Head(int status, Map<String, String> headers, boolean keep, boolean chunked, long length) {
    private static final int HEADERS_MAX = 200;

    static Head read(Connection connection) throws UpstreamError {
        int bytes = 0;
        String first = connection.line(Connection.HEAD_BYTES_MAX);
        if (first.length() < 12 || !first.startsWith("HTTP/1.") || first.charAt(8) != ' ')
            throw wrong("it does not begin like HTTP/1.1");
        int status = number(first.substring(9, 12), 10);
        if (status < 100) throw wrong("its status is none");
        Map<String, String> headers = new TreeMap<>();
        long length = -1;
        while (true) {
            String line = connection.line(Connection.HEAD_BYTES_MAX);
            if (line.isEmpty()) break;
            bytes += line.length();
            if (bytes > Connection.HEAD_BYTES_MAX || headers.size() >= HEADERS_MAX)
                throw new UpstreamError(
                        Code.TOO_LARGE,
                        "The provider's headers are larger than " + Connection.HEAD_BYTES_MAX + " bytes or more than "
                                + HEADERS_MAX + ".");
            int colon = line.indexOf(':');
            if (colon < 1) throw wrong("a header has no name");
            String name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            String value = line.substring(colon + 1).strip();
            if (name.equals("content-length")) {
                long told = length(value);
                if (length >= 0 && length != told) throw wrong("it tells two lengths");
                length = told;
            }
            headers.put(name, value);
        }
        return of(status, first.charAt(7) == '1', headers, length);
    }

    private static Head of(int status, boolean oneOne, Map<String, String> headers, long length) throws UpstreamError {
        String encoding = headers.get("transfer-encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("chunked")) throw wrong("its transfer encoding is unknown");
        boolean chunked = encoding != null;
        String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        // Two ways to tell a length are a known trick against whoever reuses the connection.
        boolean ambiguous = chunked && length >= 0;
        boolean keep = !ambiguous && (oneOne ? !connection.contains("close") : connection.contains("keep-alive"));
        boolean without = status == 204 || status == 304;
        return new Head(status, headers, keep, chunked, without ? 0 : length);
    }

    private static long length(String text) throws UpstreamError {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9'))
            throw wrong("its length is no number");
        return Long.parseLong(text);
    }

    private static int number(String text, int radix) {
        try {
            return Integer.parseInt(text, radix);
        } catch (NumberFormatException none) {
            return -1;
        }
    }

    static UpstreamError wrong(String what) {
        return new UpstreamError(Code.PROTOCOL_ERROR, "The provider's answer is no HTTP: " + what + ".");
    }
}
