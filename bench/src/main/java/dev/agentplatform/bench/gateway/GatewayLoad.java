package dev.agentplatform.bench.gateway;

import dev.agentplatform.bench.harness.Latencies;
import dev.agentplatform.bench.harness.Processes;
import dev.agentplatform.bench.harness.Result;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * {@code GatewayLoad NAME PORT CONNECTIONS SECONDS plain|stream|slow PID [Header:value ...]}: closed loops over kept
 * connections. PID 0 counts no processor time.
 */
public final class GatewayLoad {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final int port;
    private final byte[] request;
    private final boolean stream;
    private final Latencies whole = new Latencies();
    private final Latencies first = new Latencies();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    private GatewayLoad(int port, byte[] request, boolean stream) {
        this.port = port;
        this.request = request;
        this.stream = stream;
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        int connections = Integer.parseInt(arguments[2]);
        double seconds = Double.parseDouble(arguments[3]);
        boolean stream = !arguments[4].equals("plain");
        long pid = Long.parseLong(arguments[5]);
        byte[] request = request(arguments[4], Arrays.asList(arguments).subList(6, arguments.length));
        new GatewayLoad(port, request, stream).run(connections, Math.min(1, seconds));
        GatewayLoad load = new GatewayLoad(port, request, stream);
        double before = pid == 0 ? 0 : Processes.familyCpuMs(pid);
        double took = load.run(connections, seconds);
        int count = load.whole.count();
        Result result = new Result("gateway")
                .put("target", arguments[0])
                .put("kind", arguments[4])
                .put("connections", connections)
                .put("requests_s", count / took)
                .put("chunks_s", stream ? count * (double) CheapProvider.CHUNKS / took : 0)
                .put("p50_ms", load.whole.ms(0.5))
                .put("p99_ms", load.whole.ms(0.99))
                .put("first_byte_p50_ms", load.first.ms(0.5))
                .put("first_byte_p99_ms", load.first.ms(0.99));
        if (pid != 0) {
            result.put("cpu_us_per_request", (Processes.familyCpuMs(pid) - before) * 1_000 / count);
            result.put("rss_mb", Processes.statusKb(pid, "VmRSS") / 1_000.0);
        }
        result.print();
    }

    private static byte[] request(String kind, List<String> headers) {
        String body = "{\"model\":\"" + (kind.equals("slow") ? "slow" : "fake") + "\","
                + (kind.equals("plain") ? "" : "\"stream\":true,") + "\"messages\":[{\"role\":\"user\",\"content\":\""
                + "hello there ".repeat(20) + "\"}]}";
        StringBuilder head = new StringBuilder("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        head.append("Content-Type: application/json\r\n");
        for (String header : headers) head.append(header).append("\r\n");
        head.append("Content-Length: ").append(body.length()).append("\r\n\r\n");
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    /** Gives the seconds it took. */
    private double run(int connections, double seconds) throws Exception {
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) threads.add(Thread.ofVirtual().start(() -> callUntil(end)));
        for (Thread thread : threads) thread.join();
        if (failure.get() != null) throw failure.get();
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) / 1_000.0;
    }

    private void callUntil(long end) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            InputStream in = new BufferedInputStream(socket.getInputStream(), 8_192);
            while (System.nanoTime() < end && failure.get() == null) {
                long begun = System.nanoTime();
                socket.getOutputStream().write(request);
                answer(in, begun);
                whole.add(System.nanoTime() - begun);
            }
        } catch (Exception failed) {
            failure.compareAndSet(null, failed);
        }
    }

    private void answer(InputStream in, long begun) throws IOException {
        String status = Lines.read(in);
        int length = -1;
        for (String line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:"))
                length = Integer.parseInt(lower.substring(15).strip());
        }
        byte[] body = length >= 0 ? in.readNBytes(length) : chunks(in, begun);
        if (length >= 0) first.add(System.nanoTime() - begun);
        boolean complete = stream ? new String(body, StandardCharsets.US_ASCII).contains("[DONE]") : body.length > 900;
        if (!status.contains(" 200 ") || !complete)
            throw new IOException(status + " " + new String(body, StandardCharsets.UTF_8));
    }

    /** Only the end of what came, which holds the mark. */
    private byte[] chunks(InputStream in, long begun) throws IOException {
        byte[] last = {};
        boolean any = false;
        while (true) {
            int size = Integer.parseInt(Lines.read(in).strip(), 16);
            if (!any) first.add(System.nanoTime() - begun);
            any = true;
            byte[] part = in.readNBytes(size);
            Lines.read(in);
            if (size == 0) return last;
            last = part;
        }
    }
}
