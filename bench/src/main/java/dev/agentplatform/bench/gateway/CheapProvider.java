package dev.agentplatform.bench.gateway;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * {@code CheapProvider PORT}: answers chats in OpenAI's format with bytes made once; about 1 KB, or a stream of {@link
 * #CHUNKS} chunks. The model {@code slow} takes a tenth of a second for each chunk.
 */
public final class CheapProvider {
    static final int CHUNKS = 50;
    private static final int SLOW_CHUNK_MILLIS = 100;
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: ";

    private static final byte[] WHOLE = whole();
    private static final byte[] STREAM_HEAD = bytes(HEAD + "text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
    private static final byte[] CHUNK = bytes(chunk("data:"
        + " {\"id\":\"c-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"fake\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lorem"
        + " \"},\"finish_reason\":null}]}\n\n"));
    private static final byte[] LAST = bytes(chunk("data: [DONE]\n\n") + "0\r\n\r\n");

    private CheapProvider() {}

    public static void main(String[] arguments) throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (ServerSocket server = new ServerSocket(Integer.parseInt(arguments[0]), 4_096, loopback)) {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(socket));
            }
        }
    }

    private static void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream(), 4_096);
            OutputStream out = socket.getOutputStream();
            while (true) answer(body(in), out);
        } catch (IOException | InterruptedException gone) {
            // The client is done.
        }
    }

    private static void answer(String body, OutputStream out) throws IOException, InterruptedException {
        if (!body.contains("\"stream\":true")) {
            out.write(WHOLE);
            return;
        }
        boolean slow = body.contains("\"slow\"");
        out.write(STREAM_HEAD);
        for (int i = 0; i < CHUNKS; i++) {
            out.write(CHUNK);
            if (slow) TimeUnit.MILLISECONDS.sleep(SLOW_CHUNK_MILLIS);
        }
        out.write(LAST);
    }

    private static String body(InputStream in) throws IOException {
        int length = 0;
        boolean chunked = false;
        String line = Lines.read(in);
        for (line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
            if (lower.startsWith("transfer-encoding:")) chunked = true;
        }
        if (!chunked) return new String(in.readNBytes(length), StandardCharsets.UTF_8);
        StringBuilder body = new StringBuilder();
        while (true) {
            int size = Integer.parseInt(Lines.read(in).strip(), 16);
            body.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
            Lines.read(in);
            if (size == 0) return body.toString();
        }
    }

    private static byte[] whole() {
        String body =
                "{\"id\":\"c-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"fake\",\"choices\":[{\"index\":0,"
                    + "\"message\":{\"role\":\"assistant\",\"content\":\""
                        + "lorem ipsum dolor sit amet ".repeat(30)
                        + "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":10,\"completion_tokens\":200,"
                        + "\"total_tokens\":210}}";
        return bytes(HEAD + "application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
