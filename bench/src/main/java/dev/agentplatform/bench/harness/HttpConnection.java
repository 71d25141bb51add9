package dev.agentplatform.bench.harness;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * One kept-alive HTTP/1.1 connection to this machine, one request at a time, with as little work as possible: a client
 * library would take the processor from the server that is measured.
 */
public final class HttpConnection implements AutoCloseable {
    private static final int TIMEOUT_MS = 120_000;
    private static final int UNKNOWN = -1;

    private final Socket socket = new Socket();
    private final InputStream in;
    private int length;
    private boolean chunked;

    public HttpConnection(int port) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MS);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        // Small, because there may be ten thousand of these.
        in = new BufferedInputStream(socket.getInputStream(), 2_048);
    }

    public record Answer(int status, String body) {
        /** @throws IOException when the status is not one of these */
        public Answer expect(int... allowed) throws IOException {
            for (int one : allowed) if (status == one) return this;
            throw new IOException("status " + status + ": " + body);
        }
    }

    public Answer get(String path) throws IOException {
        send(request("GET", path, ""));
        return answer();
    }

    public Answer post(String path, String body) throws IOException {
        send(request("POST", path, body));
        return answer();
    }

    /** The bytes of a request, to be sent many times. */
    public static byte[] request(String method, String path, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                + (method.equals("POST")
                        ? "Content-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n"
                        : "")
                + "\r\n";
        return (head + body).getBytes(StandardCharsets.UTF_8);
    }

    public void send(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
    }

    public Answer answer() throws IOException {
        int status = head();
        String body = chunked ? chunks() : text(length == UNKNOWN ? 0 : length);
        return new Answer(status, body);
    }

    /** Asks for an event stream and reads its head; then {@link #nextData}. */
    public void follow(String path) throws IOException {
        send(request("GET", path, ""));
        int status = head();
        if (status != 200) throw new IOException("status " + status + " for the stream " + path);
    }

    /** The next {@code data:} line of the stream, null at its end. Heartbeats and other lines are skipped. */
    public String nextData() throws IOException {
        while (true) {
            String line;
            try {
                line = line();
            } catch (EOFException end) {
                return null;
            }
            // The sizes of chunks stand on lines of their own and are no data either; 0 is the end.
            if (chunked && line.equals("0")) return null;
            if (line.startsWith("data:"))
                return line.substring("data:".length()).strip();
        }
    }

    private int head() throws IOException {
        String first = line();
        length = UNKNOWN;
        chunked = false;
        for (String header = line(); !header.isEmpty(); header = line()) {
            int colon = header.indexOf(':');
            String value = header.substring(colon + 1).strip();
            switch (header.substring(0, colon).toLowerCase(Locale.ROOT)) {
                case "content-length" -> length = Integer.parseInt(value);
                case "transfer-encoding" -> chunked = value.equalsIgnoreCase("chunked");
                default -> {}
            }
        }
        return Integer.parseInt(first.substring(9, 12));
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(line().split(";")[0].strip(), 16);
            body.append(text(size));
            line();
            if (size == 0) return body.toString();
        }
    }

    private String text(int bytes) throws IOException {
        byte[] read = in.readNBytes(bytes);
        if (read.length < bytes) throw new EOFException("connection closed within an answer");
        return new String(read, StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) throw new EOFException("connection closed");
            if (next != '\r') line.append((char) next);
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
