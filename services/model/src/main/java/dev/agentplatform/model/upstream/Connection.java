package dev.agentplatform.model.upstream;

import dev.agentplatform.model.upstream.UpstreamError.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One connection with the bytes that were read from it. One thread uses it at a time; others may {@link #cut} it, and
 * the watch does so when its time is over.
 */
final class Connection implements Watch.Watched {
    /** Of a head: status line and headers together. */
    static final int HEAD_BYTES_MAX = 64 * 1024;

    /** Several chunks of a stream fit in, and two thousand streams are still small. */
    private static final int BUFFER_BYTES = 8 * 1024;

    private static final long NEVER = Long.MAX_VALUE;

    /** The watch may just be looking at it. */
    private static final long EXPIRY_MARGIN_NANOS = 1_000_000_000;

    private final Socket raw;
    private final InputStream in;
    private final OutputStream out;
    private final Watch watch;
    private byte[] buffer = new byte[BUFFER_BYTES];
    private int from;
    private int to;
    private boolean answered;
    private volatile long deadlineNanos = NEVER;
    private volatile UpstreamError reason;

    /** @param raw the socket under {@code socket}, which is the same when there is no TLS */
    Connection(Socket raw, Socket socket, Watch watch) throws IOException {
        this.raw = raw;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
        this.watch = watch;
        watch.add(this);
    }

    /** Bytes that were read and not taken yet: {@code buffer()[from()]} up to {@code to()}. */
    byte[] buffer() {
        return buffer;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    void take(int bytes) {
        from += bytes;
    }

    boolean isEmpty() {
        return from == to;
    }

    /** From when on the watch cuts it. */
    void deadline(long nanos) {
        deadlineNanos = nanos;
    }

    /** Open, as far as can be seen, and not about to be cut for having been idle. */
    boolean isFresh(long nowNanos) {
        return reason == null && deadlineNanos - nowNanos > EXPIRY_MARGIN_NANOS;
    }

    /** True once a byte of the answer to the last request came. */
    boolean answered() {
        return answered;
    }

    @Override
    public void tick(long nowNanos) {
        long deadline = deadlineNanos;
        if (deadline != NEVER && nowNanos - deadline >= 0) {
            cut(new UpstreamError(Code.TIMEOUT, "The provider did not answer in time."));
        }
    }

    /** From any thread; whoever reads or writes gets that reason. */
    void cut(UpstreamError why) {
        if (reason == null) reason = why;
        watch.remove(this);
        try {
            // The socket below: closing TLS would wait for a writer.
            raw.close();
        } catch (IOException gone) {
            // It is closed all the same.
        }
    }

    void close() {
        cut(new UpstreamError(Code.CANCELLED, "The call was given up."));
    }

    void write(byte[] head, byte[] body) throws UpstreamError {
        answered = false;
        try {
            if (body == null || body.length == 0) {
                out.write(head);
            } else if (body.length <= HEAD_BYTES_MAX) {
                byte[] both = Arrays.copyOf(head, head.length + body.length);
                System.arraycopy(body, 0, both, head.length, body.length);
                out.write(both);
            } else {
                out.write(head);
                out.write(body);
            }
            out.flush();
        } catch (IOException failed) {
            throw failure("The provider closed the connection before the request was sent.");
        }
    }

    /** Reads more into the empty or too small buffer; false at the end of the connection. */
    boolean fill() throws UpstreamError {
        if (from == to) {
            from = 0;
            to = 0;
        } else if (to == buffer.length) {
            compact();
        }
        int n = read(buffer, to, buffer.length - to);
        if (n < 0) return false;
        to += n;
        return true;
    }

    private void compact() {
        if (from == 0) {
            buffer = Arrays.copyOf(buffer, buffer.length * 2);
            return;
        }
        System.arraycopy(buffer, from, buffer, 0, to - from);
        to -= from;
        from = 0;
    }

    /** Past the buffer, which must be empty; -1 at the end of the connection. */
    int read(byte[] into, int offset, int length) throws UpstreamError {
        try {
            int n = in.read(into, offset, length);
            if (n > 0) answered = true;
            return n;
        } catch (IOException failed) {
            throw failure("The provider cut the connection.");
        }
    }

    private UpstreamError failure(String message) {
        UpstreamError known = reason;
        if (known != null) return known;
        return new UpstreamError(Code.CUT, message);
    }

    /** A line without its end, taken from the buffer; more than {@code bytesMax} are refused. */
    String line(int bytesMax) throws UpstreamError {
        int seen = from;
        while (true) {
            for (; seen < to; seen++) {
                if (buffer[seen] != '\n') continue;
                int end = seen > from && buffer[seen - 1] == '\r' ? seen - 1 : seen;
                String line = new String(buffer, from, end - from, StandardCharsets.ISO_8859_1);
                from = seen + 1;
                return line;
            }
            int scanned = to - from;
            if (scanned > bytesMax)
                throw new UpstreamError(Code.TOO_LARGE, "The provider's head is larger than " + bytesMax + " bytes.");
            if (!fill()) throw failure("The provider closed the connection without a whole answer.");
            seen = from + scanned;
        }
    }

    /** Shrinks what a large head has left. */
    void settle() {
        if (buffer.length > BUFFER_BYTES && isEmpty()) {
            buffer = new byte[BUFFER_BYTES];
            from = 0;
            to = 0;
        }
    }
}
