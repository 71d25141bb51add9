package dev.agentplatform.gateway.forward;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.time.Duration;

/** The body of an answer as it comes: its framing is taken off, and an end that is too early is a fault. */
final class AnswerBody {
    private static final int CHUNK_LINE_MAX = 1_000;
    private static final int TRAILER_BYTES_MAX = 8_192;

    private final Connection connection;
    private final boolean chunked;
    private final boolean untilClose;
    private final Duration idleLimit;
    /** Bytes until the end, or the end of the chunk. */
    private long left;

    private boolean begun;
    private boolean ended;

    AnswerBody(Connection connection, AnswerHead head, Duration idleLimit) {
        this.connection = connection;
        this.chunked = head.length() == AnswerHead.CHUNKED;
        this.untilClose = head.length() == AnswerHead.UNTIL_CLOSE;
        this.idleLimit = idleLimit;
        this.left = Math.max(0, head.length());
        this.ended = head.length() == 0;
    }

    boolean isEnded() {
        return ended;
    }

    /** At least one byte; -1 at the end of the body. */
    int read(byte[] target) throws IOException {
        if (ended) return -1;
        long deadline = System.nanoTime() + idleLimit.toNanos();
        if (chunked && left == 0 && !nextChunk(deadline)) return -1;
        int wanted = untilClose ? target.length : (int) Math.min(target.length, left);
        int count = connection.read(target, 0, wanted, deadline);
        if (count < 0) {
            ended = untilClose;
            if (untilClose) return -1;
            throw new EOFException("it closed the connection before its answer was complete");
        }
        if (!untilClose) left -= count;
        if (!chunked && !untilClose) ended = left == 0;
        return count;
    }

    private boolean nextChunk(long deadline) throws IOException {
        if (begun && !connection.line(2, deadline).isEmpty()) throw new ProtocolException("a chunk has no end");
        begun = true;
        String line = connection.line(CHUNK_LINE_MAX, deadline);
        int extension = line.indexOf(';');
        String size = (extension < 0 ? line : line.substring(0, extension)).strip();
        if (!size.matches("[0-9a-fA-F]{1,15}")) throw new ProtocolException("a chunk has no size");
        left = Long.parseLong(size, 16);
        if (left > 0) return true;
        int trailers = TRAILER_BYTES_MAX;
        for (String trailer = connection.line(trailers, deadline); !trailer.isEmpty(); ) {
            trailers -= trailer.length() + 2;
            if (trailers < 0) throw new ProtocolException("its trailers are too large");
            trailer = connection.line(trailers, deadline);
        }
        ended = true;
        return false;
    }
}
