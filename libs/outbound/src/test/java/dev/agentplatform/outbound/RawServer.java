package dev.agentplatform.outbound;

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
import java.util.concurrent.CountDownLatch;

/** Answers every connection with whatever a test writes into it, well-formed or not. */
final class RawServer implements AutoCloseable {
    /** Writes an answer to a request; the connection is closed when it returns. */
    interface Behaviour {
        void answer(String request, OutputStream out) throws Exception;
    }

    final List<String> requests = new CopyOnWriteArrayList<>();
    /** Counted down when a client has closed a connection on which the server was writing or waiting. */
    final CountDownLatch cut = new CountDownLatch(1);

    final CountDownLatch received = new CountDownLatch(1);
    private final ServerSocket listener;
    private final Behaviour behaviour;

    RawServer(Behaviour behaviour) throws IOException {
        this.behaviour = behaviour;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    static RawServer answering(String answer) throws IOException {
        return new RawServer((request, out) -> out.write(answer.getBytes(StandardCharsets.ISO_8859_1)));
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
            String request = read(socket.getInputStream());
            requests.add(request);
            received.countDown();
            behaviour.answer(request, socket.getOutputStream());
            socket.shutdownOutput();
            // Wait for the client's close, so that no reset overtakes the answer.
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (Exception gone) {
            cut.countDown();
        }
        cut.countDown();
    }

    /** Head and body of one request. */
    private static String read(InputStream in) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String text = "";
        while (!text.contains("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) throw new IOException("closed");
            bytes.write(b);
            text = bytes.toString(StandardCharsets.ISO_8859_1);
        }
        int length = 0;
        for (String line : text.split("\r\n")) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
        }
        return text + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
