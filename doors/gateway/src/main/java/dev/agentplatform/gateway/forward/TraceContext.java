package dev.agentplatform.gateway.forward;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The {@code traceparent} of W3C Trace Context: the caller's trace goes on, with a span of this process in between. */
record TraceContext(String traceId, String flags) {
    private static final Pattern KNOWN =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?");

    /** A new trace when the caller sent none, or none that is valid. */
    static TraceContext of(String sent) {
        var found = KNOWN.matcher(sent == null ? "" : sent);
        return found.matches()
                ? new TraceContext(found.group(1), found.group(2))
                : new TraceContext(hex() + hex(), "01");
    }

    static boolean isValid(String sent) {
        return sent != null && KNOWN.matcher(sent).matches();
    }

    /** For the next process: the same trace, a span of its own. */
    String child() {
        return "00-" + traceId + "-" + hex() + "-" + flags;
    }

    /** Sixteen hexadecimal digits that are not all zero. */
    private static String hex() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }
}
