package dev.agentplatform.gateway.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server that does on each connection what a test says, well-formed or not. */
final class RawUpstream implements AutoCloseable {
    final List<String> heads = new CopyOnWriteArrayList<>();

    private final ServerSocket listening;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** One connection; it is closed when this returns. */
    interface Script {
        void serve(RawUpstream upstream, Socket socket) throws Exception;
    }

    RawUpstream(Script script) throws IOException {
        listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(() -> accept(script));
    }

    /** Answers each connection's first request with this text and closes. */
    static RawUpstream saying(String answer) throws IOException {
        return new RawUpstream((upstream, socket) -> {
            upstream.head(socket);
            write(socket, answer);
        });
    }

    private void accept(Script script) {
        while (!listening.isClosed()) {
            try {
                Socket socket = listening.accept();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(script, socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Script script, Socket socket) {
        try (socket) {
            script.serve(this, socket);
        } catch (Exception cut) {
            // The other side may leave at any time.
        }
    }

    /** Reads and remembers the head of a request; null at the end of the connection. */
    String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) return null;
            head.append((char) c);
        }
        heads.add(head.toString());
        return head.toString();
    }

    static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    String url() {
        return "http://127.0.0.1:" + listening.getLocalPort();
    }

    int connections() {
        return sockets.size();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        for (Socket socket : sockets) socket.close();
    }
}
