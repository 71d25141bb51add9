package dev.agentplatform.app.api;

import dev.agentplatform.kernel.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import tools.jackson.databind.node.ObjectNode;

/** A server behind a tool, on a real socket: it answers with whatever a test writes, well-formed or not. */
final class ToolServer implements AutoCloseable {
    /** Writes an answer to a request; the connection is closed when it returns. */
    interface Behaviour {
        void answer(Received request, OutputStream out) throws Exception;
    }

    /** What came: the head as it stood, and the body. */
    record Received(String head, String body) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        String target() {
            return line().split(" ")[1];
        }

        /** Null when there is none. */
        String header(String name) {
            for (String line : head.split("\r\n")) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).equalsIgnoreCase(name))
                    return line.substring(colon + 1).strip();
            }
            return null;
        }
    }

    final List<Received> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket listener;
    private final Behaviour behaviour;

    ToolServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    /** Sends everything back that came, as a careless server does. */
    static ToolServer echo() throws IOException {
        return new ToolServer((request, out) -> {
            ObjectNode echo = Json.object().put("line", request.line()).put("body", request.body());
            ObjectNode headers = echo.putObject("headers");
            for (String line : request.head().split("\r\n")) {
                int colon = line.indexOf(':');
                if (colon > 0)
                    headers.put(
                            line.substring(0, colon).toLowerCase(Locale.ROOT),
                            line.substring(colon + 1).strip());
            }
            int status = request.target().contains("fail") ? 500 : 200;
            write(out, status, "application/json", Json.write(echo));
        });
    }

    static ToolServer answering(int status, String type, String body) throws IOException {
        return new ToolServer((request, out) -> write(out, status, type, body));
    }

    static void write(OutputStream out, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        head(
                out,
                "HTTP/1.1 " + status + " X\r\nContent-Type: " + type + "\r\nContent-Length: " + bytes.length
                        + "\r\nConnection: close\r\n\r\n");
        out.write(bytes);
    }

    static void head(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    int port() {
        return listener.getLocalPort();
    }

    String url(String path) {
        return "http://127.0.0.1:" + port() + path;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            Received request = read(socket.getInputStream());
            requests.add(request);
            behaviour.answer(request, socket.getOutputStream());
            socket.shutdownOutput();
            // Wait for the client's close, so that no reset overtakes the answer.
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (Exception gone) {
            // The client went away, which many of these tests are about.
        }
    }

    private static Received read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) throw new IOException("closed");
            bytes.write(b);
            if (b == '\n') head = bytes.toString(StandardCharsets.ISO_8859_1);
        }
        int length = 0;
        for (String line : head.split("\r\n")) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
        }
        return new Received(head, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
