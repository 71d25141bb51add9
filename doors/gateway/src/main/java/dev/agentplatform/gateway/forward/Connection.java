package dev.agentplatform.gateway.forward;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** One HTTP/1.1 connection to an upstream, for one exchange at a time. Blocking; every read and write has an end. */
final class Connection implements Closeable {
    /** All lines before the body of an answer together. */
    static final int HEAD_BYTES_MAX = 65_536;

    private static final int HEADERS_MAX = 200;
    private static final int BUFFER_BYTES = 32_768;
    private static final int INTERIM_MAX = 10;
    private static final long NO_DEADLINE = Long.MAX_VALUE;

    private final SocketChannel channel;
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private boolean received;
    private long idleSinceNanos;
    /** Sockets know no limit for writes; a guard looks at this and closes. */
    private volatile long writeDeadlineNanos = NO_DEADLINE;

    private volatile boolean late;

    private Connection(SocketChannel channel, Socket socket) throws IOException {
        this.channel = channel;
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    /** Tries each address of the host, all within the limit. */
    static Connection open(Upstream upstream, Duration timeLimit) throws IOException {
        long deadline = System.nanoTime() + timeLimit.toNanos();
        IOException last = null;
        for (InetAddress address : InetAddress.getAllByName(upstream.host())) {
            SocketChannel channel = SocketChannel.open();
            try {
                return connect(channel, upstream, new InetSocketAddress(address, upstream.port()), deadline);
            } catch (IOException failed) {
                channel.close();
                last = failed;
                if (failed instanceof SocketTimeoutException) break;
            }
        }
        throw last;
    }

    private static Connection connect(
            SocketChannel channel, Upstream upstream, InetSocketAddress address, long deadline) throws IOException {
        Socket plain = channel.socket();
        plain.connect(address, millisUntil(deadline));
        plain.setTcpNoDelay(true);
        if (!upstream.tls()) return new Connection(channel, plain);
        SSLSocket secure = (SSLSocket) ((SSLSocketFactory) SSLSocketFactory.getDefault())
                .createSocket(plain, upstream.host(), upstream.port(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.setSoTimeout(millisUntil(deadline));
        secure.startHandshake();
        return new Connection(channel, secure);
    }

    // Being used again

    void rest(long nowNanos) {
        idleSinceNanos = nowNanos;
        received = false;
    }

    /** False also when bytes wait that nobody asked for: they would be taken for the next answer. */
    boolean canBeUsedAgain(long nowNanos, Duration idleMax) {
        if (isOlderThan(nowNanos, idleMax) || position < limit) return false;
        try {
            channel.configureBlocking(false);
            boolean silent = channel.read(ByteBuffer.allocate(1)) == 0;
            channel.configureBlocking(true);
            return silent;
        } catch (IOException closed) {
            return false;
        }
    }

    boolean isOlderThan(long nowNanos, Duration idleMax) {
        return nowNanos - idleSinceNanos > idleMax.toNanos();
    }

    /** Whether any byte of the answer has arrived. */
    boolean hasReceived() {
        return received;
    }

    // Writing

    void write(byte[] bytes, int from, int length, Duration timeLimit) throws IOException {
        writeDeadlineNanos = System.nanoTime() + timeLimit.toNanos();
        try {
            out.write(bytes, from, length);
        } catch (IOException cut) {
            if (!late) throw cut;
        } finally {
            writeDeadlineNanos = NO_DEADLINE;
        }
        // A write that the guard ends may also return as if it were complete.
        if (late) throw new SocketTimeoutException("it took nothing more");
    }

    /** For the guard, from another thread. */
    void closeIfLate(long nowNanos) {
        long deadline = writeDeadlineNanos;
        if (deadline == NO_DEADLINE || nowNanos - deadline < 0) return;
        late = true;
        close();
    }

    // Reading

    /** Bytes that can be read without waiting; under TLS perhaps too few. */
    int readable() throws IOException {
        return limit - position + in.available();
    }

    /** At least one byte; -1 at the end of the connection. */
    int read(byte[] target, int from, int length, long deadlineNanos) throws IOException {
        if (position == limit && !fill(deadlineNanos)) return -1;
        int count = Math.min(length, limit - position);
        System.arraycopy(buffer, position, target, from, count);
        position += count;
        return count;
    }

    private boolean fill(long deadlineNanos) throws IOException {
        socket.setSoTimeout(millisUntil(deadlineNanos));
        int count = in.read(buffer, 0, buffer.length);
        if (count <= 0) return false;
        received = true;
        position = 0;
        limit = count;
        return true;
    }

    private static int millisUntil(long deadlineNanos) throws SocketTimeoutException {
        long millis = (deadlineNanos - System.nanoTime() + 999_999) / 1_000_000;
        if (millis <= 0) throw new SocketTimeoutException("it sent nothing more");
        return (int) Math.min(millis, Integer.MAX_VALUE);
    }

    /** The next line, without its end. */
    String line(int lengthMax, long deadlineNanos) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            if (position == limit && !fill(deadlineNanos)) throw new EOFException("it closed the connection");
            int start = position;
            while (position < limit && buffer[position] != '\n') position++;
            line.append(new String(buffer, start, position - start, StandardCharsets.ISO_8859_1));
            if (line.length() > lengthMax) throw new ProtocolException("its head is too large");
            if (position == limit) continue;
            position++;
            int end = line.length();
            if (end > 0 && line.charAt(end - 1) == '\r') line.setLength(end - 1);
            return line.toString();
        }
    }

    /** The head of the final answer. */
    AnswerHead head(boolean toHead, long deadlineNanos) throws IOException {
        for (int interim = 0; interim <= INTERIM_MAX; interim++) {
            AnswerHead head = anyHead(toHead, deadlineNanos);
            if (head.status() >= 200) return head;
            if (head.status() == 101) throw new ProtocolException("it changed the protocol");
        }
        throw new ProtocolException("it sent too many interim answers");
    }

    private AnswerHead anyHead(boolean toHead, long deadlineNanos) throws IOException {
        String first = line(HEAD_BYTES_MAX, deadlineNanos);
        if (!first.matches("HTTP/1\\.[01] [1-5][0-9]{2}(?: .*)?")) throw new ProtocolException("it is no HTTP/1.1");
        int left = HEAD_BYTES_MAX - first.length();
        Map<String, List<String>> headers = new LinkedHashMap<>();
        for (int count = 0; ; count++) {
            String line = line(left, deadlineNanos);
            if (line.isEmpty()) break;
            left -= line.length() + 2;
            if (count == HEADERS_MAX || left < 0) throw new ProtocolException("its head is too large");
            addHeader(headers, line);
        }
        boolean http11 = first.charAt(7) == '1';
        return AnswerHead.of(Integer.parseInt(first.substring(9, 12)), http11, headers, toHead);
    }

    private static void addHeader(Map<String, List<String>> headers, String line) throws ProtocolException {
        int colon = line.indexOf(':');
        String name = colon < 0 ? "" : line.substring(0, colon).toLowerCase(Locale.ROOT);
        String value = line.substring(colon + 1).strip();
        boolean clean = value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7F));
        if (!clean || !name.matches("[a-z0-9!#$%&'*+.^_`|~-]{1,200}")) {
            throw new ProtocolException("it has a header that is not well-formed");
        }
        headers.computeIfAbsent(name, first -> new ArrayList<>(1)).add(value);
    }

    @Override
    public void close() {
        try {
            // The channel, not the TLS socket: that one would wait for its other side.
            channel.close();
        } catch (IOException alreadyBroken) {
            // Nothing is left to be done with it.
        }
    }
}
