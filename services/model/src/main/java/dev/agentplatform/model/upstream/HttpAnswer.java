package dev.agentplatform.model.upstream;

import dev.agentplatform.model.upstream.UpstreamError.Code;
import java.util.Optional;

/** An answer on a connection. */
final class HttpAnswer implements UpstreamAnswer {
    private static final int CHUNK_LINE_BYTES_MAX = 1_024;
    private static final int TRAILERS_MAX = 50;

    /** Where in the body it stands. */
    private enum State {
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        LENGTH,
        UNTIL_END,
        DONE
    }

    private final HttpUpstream home;
    private final Origin origin;
    private final Connection connection;
    private final Head head;
    private final Patience patience;
    private final Cancel cancel;
    private State state;
    private long left;
    private UpstreamError broken;
    private boolean begun;
    private boolean closed;

    HttpAnswer(HttpUpstream home, Origin origin, Connection connection, Head head, Patience patience, Cancel cancel) {
        this.home = home;
        this.origin = origin;
        this.connection = connection;
        this.head = head;
        this.patience = patience;
        this.cancel = cancel;
        if (head.chunked()) state = State.CHUNK_SIZE;
        else if (head.length() < 0) state = State.UNTIL_END;
        else state = head.length() == 0 ? State.DONE : State.LENGTH;
        left = head.length();
    }

    @Override
    public int status() {
        return head.status();
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(head.headers().get(name));
    }

    @Override
    public boolean endsWithConnection() {
        return !head.chunked() && head.length() < 0;
    }

    @Override
    public int read(byte[] into) throws UpstreamError {
        if (state == State.DONE) return -1;
        connection.deadline(patience.until(begun ? patience.idle() : patience.firstByte()));
        int n = head.chunked() ? chunks(into) : plain(into);
        begun = true;
        return n;
    }

    private int plain(byte[] into) throws UpstreamError {
        int max = state == State.LENGTH ? (int) Math.min(left, into.length) : into.length;
        int n;
        if (connection.isEmpty()) {
            n = connection.read(into, 0, max);
        } else {
            n = Math.min(max, connection.to() - connection.from());
            System.arraycopy(connection.buffer(), connection.from(), into, 0, n);
            connection.take(n);
        }
        if (n < 0) {
            if (state == State.LENGTH) throw tooShort();
            state = State.DONE;
            return -1;
        }
        if (state == State.LENGTH) {
            left -= n;
            if (left == 0) state = State.DONE;
        }
        return n;
    }

    /** Takes the contents of as many chunks as have arrived; waits only while it has none. */
    private int chunks(byte[] into) throws UpstreamError {
        if (broken != null) throw broken;
        int n = 0;
        try {
            while (n < into.length && state != State.DONE) {
                if (n > 0 && !more()) return n;
                switch (state) {
                    case CHUNK_SIZE -> size();
                    case CHUNK -> n += content(into, n);
                    default -> endOfChunk();
                }
            }
        } catch (UpstreamError fault) {
            if (n == 0) throw fault;
            // What came before it is good.
            broken = fault;
        }
        return n == 0 && state == State.DONE ? -1 : n;
    }

    /** True when the next step needs not wait. */
    private boolean more() {
        return state == State.CHUNK ? !connection.isEmpty() : lineArrived();
    }

    private void endOfChunk() throws UpstreamError {
        if (!connection.line(CHUNK_LINE_BYTES_MAX).isEmpty()) throw Head.wrong("a chunk is longer than told");
        state = State.CHUNK_SIZE;
    }

    private boolean lineArrived() {
        byte[] buffer = connection.buffer();
        for (int i = connection.from(); i < connection.to(); i++) if (buffer[i] == '\n') return true;
        return false;
    }

    private void size() throws UpstreamError {
        String line = connection.line(CHUNK_LINE_BYTES_MAX);
        int end = 0;
        long size = 0;
        for (; end < line.length(); end++) {
            int digit = Character.digit(line.charAt(end), 16);
            if (digit < 0) break;
            size = size * 16 + digit;
            if (end > 14) throw Head.wrong("the size of a chunk is too large");
        }
        boolean ends = end == line.length() || line.charAt(end) == ';' || line.charAt(end) == ' ';
        if (end == 0 || !ends) throw Head.wrong("the size of a chunk is no number");
        left = size;
        if (size > 0) {
            state = State.CHUNK;
            return;
        }
        int trailers = 0;
        while (!connection.line(CHUNK_LINE_BYTES_MAX).isEmpty()) {
            if (++trailers > TRAILERS_MAX) throw Head.wrong("it has too many trailers");
        }
        state = State.DONE;
    }

    private int content(byte[] into, int at) throws UpstreamError {
        if (connection.isEmpty() && !connection.fill()) throw tooShort();
        int max = (int) Math.min(left, (long) into.length - at);
        int n = Math.min(max, connection.to() - connection.from());
        System.arraycopy(connection.buffer(), connection.from(), into, at, n);
        connection.take(n);
        left -= n;
        if (left == 0) state = State.CHUNK_END;
        return n;
    }

    private static UpstreamError tooShort() {
        return new UpstreamError(Code.CUT, "The provider's answer ended before its told length.");
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        cancel.cutting(null);
        // Bytes that belong to no answer would be taken for the next one.
        boolean clean = state == State.DONE && head.keep() && connection.isEmpty() && !endsWithConnection();
        if (clean) home.keep(origin, connection);
        else connection.close();
    }
}
