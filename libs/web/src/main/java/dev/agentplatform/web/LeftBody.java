package dev.agentplatform.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Throws away a body that an answer came before. A connection that is closed with unread bytes is reset, and a reset
 * takes the answer from a client that still sends: most read only when they have sent all (RFC 9112, section 9.6).
 */
final class LeftBody {
    private static final Logger LOG = LoggerFactory.getLogger(LeftBody.class);

    /** Who sends more than this, or for longer, may lose the answer. */
    private static final long BYTES_MAX = 64L << 20;

    private static final Duration TIME_MAX = Duration.ofSeconds(5);
    private static final int PART_BYTES = 16_384;

    private LeftBody() {}

    /** After the answer is written; nobody waits for it but the connection. */
    static void discard(Request request, HttpServletResponse response) {
        HttpServletRequest servlet = request.servlet();
        // Who asked whether to send was told not to.
        if (servlet.getHeader("Expect") != null) return;
        long end = System.nanoTime() + TIME_MAX.toNanos();
        byte[] part = new byte[PART_BYTES];
        try {
            response.flushBuffer();
            InputStream in = servlet.getInputStream();
            long left = BYTES_MAX;
            int read = 0;
            while (read >= 0 && left > 0 && System.nanoTime() < end) {
                read = in.read(part);
                left -= read;
            }
        } catch (IOException gone) {
            LOG.debug("request {}: the client left with its body: {}", request.requestId(), gone.getMessage());
        }
    }
}
