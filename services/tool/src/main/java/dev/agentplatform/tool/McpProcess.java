package dev.agentplatform.tool;

import dev.agentplatform.kernel.Json;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An MCP server that is a process of ours: one message a line, over its standard streams. It sees the variables it is given
 * and those that programs need to start, nothing else of our environment.
 *
 * <p>Its streams are read and written by threads of the platform: they would hold the carriers of virtual ones.
 */
final class McpProcess implements McpTransport {
    static final int LINE_BYTES_MAX = 5 * 1024 * 1024;

    private static final List<String> PASSED_ON =
            List.of("PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "SystemRoot", "TEMP");
    private static final int WAITING_MAX = 1_000;
    private static final int NOISE_LINES_MAX = 1_000;
    private static final int SAID_BYTES_MAX = 2_000;
    private static final long STOP_MILLIS = 1_000;

    private final Process process;
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong heard = new AtomicLong();
    private final Map<Long, CompletableFuture<JsonNode>> waiting = new ConcurrentHashMap<>();
    private final BlockingQueue<ObjectNode> outgoing = new ArrayBlockingQueue<>(WAITING_MAX);
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private int noise;
    private volatile McpFailure ended;

    private McpProcess(Process process) {
        this.process = process;
    }

    /** @throws McpFailure {@code mcp_not_started} */
    static McpProcess start(McpServer.Local server) throws McpFailure {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(server.words()))
                .directory(new File(System.getProperty("java.io.tmpdir")));
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(PASSED_ON);
        environment.putAll(server.env());
        McpProcess started;
        try {
            started = new McpProcess(builder.start());
        } catch (IOException | IllegalArgumentException failed) {
            throw new McpFailure(
                    "mcp_not_started", "The command " + server.words().getFirst() + " cannot be started.", false);
        }
        thread("mcp-read", started::read);
        thread("mcp-write", started::write);
        thread("mcp-errors", started::listen);
        return started;
    }

    private static void thread(String name, Runnable work) {
        Thread.ofPlatform().daemon().name(name).start(work);
    }

    @Override
    public JsonNode request(String method, ObjectNode params, Duration limit, int bytesMax)
            throws McpFailure, InterruptedException {
        long id = ids.incrementAndGet();
        long heardBefore = heard.get();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            if (ended != null) throw ended;
            send(JsonRpc.request(id, method, params));
            JsonNode response = answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (Json.write(response).length() > bytesMax) {
                throw new McpFailure("too_large", "The answer is larger than " + bytesMax + " bytes.", false);
            }
            return JsonRpc.result(response);
        } catch (TimeoutException late) {
            cancelled(id);
            // One that is silent altogether would be silent next time, too.
            if (heard.get() == heardBefore) close();
            throw new McpFailure("timeout", "No answer within " + limit.toMillis() + " ms." + lastWords(), true);
        } catch (InterruptedException stopped) {
            cancelled(id);
            throw stopped;
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof McpFailure known) throw known;
            throw new IllegalStateException(failed.getCause());
        } finally {
            waiting.remove(id);
        }
    }

    @Override
    public void inform(String method, ObjectNode params) throws McpFailure {
        send(JsonRpc.notification(method, params));
    }

    private void cancelled(long id) {
        ObjectNode params = Json.object().put("requestId", id).put("reason", "The time limit has passed.");
        outgoing.offer(JsonRpc.notification("notifications/cancelled", params));
    }

    private void send(ObjectNode message) throws McpFailure {
        if (outgoing.offer(message)) return;
        throw new McpFailure("mcp_overloaded", "The MCP server does not read what it is sent.", true);
    }

    @Override
    public void negotiated(String version) {
        // Every message is the same in all versions that we speak.
    }

    @Override
    public boolean open() {
        return ended == null && process.isAlive();
    }

    // ---- threads

    private void write() {
        try (OutputStream out = process.getOutputStream()) {
            while (ended == null) {
                ObjectNode message = outgoing.poll(1, TimeUnit.SECONDS);
                if (message == null) continue;
                out.write((Json.write(message) + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException | InterruptedException gone) {
            // The reader notices as well, and tells those who wait.
        }
    }

    private void read() {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        byte[] chunk = new byte[16 * 1024];
        try (InputStream in = process.getInputStream()) {
            for (int n = in.read(chunk); n >= 0 && ended == null; n = in.read(chunk)) {
                for (int i = 0; i < n; i++) {
                    if (chunk[i] != '\n') line.write(chunk[i]);
                    else if (line.size() > 0) {
                        take(line.toString(StandardCharsets.UTF_8));
                        line.reset();
                    }
                }
                if (line.size() > LINE_BYTES_MAX) {
                    fail(new McpFailure(
                            "too_large",
                            "A message of the MCP server is larger than " + LINE_BYTES_MAX + " bytes.",
                            false));
                }
            }
        } catch (IOException gone) {
            // Told below.
        }
        fail(new McpFailure("mcp_process_ended", "The process of the MCP server has ended." + lastWords(), true));
    }

    private void take(String line) {
        heard.incrementAndGet();
        JsonNode json;
        try {
            json = Json.parse(line);
        } catch (IllegalArgumentException noJson) {
            // Many print a greeting.
            note((line + "\n").getBytes(StandardCharsets.UTF_8));
            if (++noise > NOISE_LINES_MAX) {
                fail(McpFailure.invalid("The process writes text that is no message of MCP." + lastWords()));
            }
            return;
        }
        for (JsonNode one : json.isArray() ? json : Json.array().add(json)) {
            if (JsonRpc.asks(one)) outgoing.offer(JsonRpc.reply(one));
            CompletableFuture<JsonNode> answer = waiting.get(
                    one.path("id").isIntegralNumber() ? one.path("id").asLong() : -1L);
            if (answer != null && JsonRpc.answers(one, one.path("id").asLong())) answer.complete(one);
        }
    }

    private void listen() {
        byte[] chunk = new byte[4 * 1024];
        try (InputStream errors = process.getErrorStream()) {
            for (int n = errors.read(chunk); n >= 0; n = errors.read(chunk)) {
                byte[] part = new byte[n];
                System.arraycopy(chunk, 0, part, 0, n);
                note(part);
            }
        } catch (IOException gone) {
            // It said enough.
        }
    }

    /** Keeps the end of what it said. */
    private void note(byte[] part) {
        synchronized (said) {
            said.writeBytes(part);
            if (said.size() <= 2 * SAID_BYTES_MAX) return;
            byte[] all = said.toByteArray();
            said.reset();
            said.write(all, all.length - SAID_BYTES_MAX, SAID_BYTES_MAX);
        }
    }

    private String lastWords() {
        String text;
        synchronized (said) {
            text = said.toString(StandardCharsets.UTF_8).strip();
        }
        if (text.isEmpty()) return "";
        int from = Math.max(0, text.length() - SAID_BYTES_MAX);
        return " It said: " + text.substring(from);
    }

    /** Ends the process; the first reason is told to all who wait. */
    private void fail(McpFailure reason) {
        synchronized (this) {
            if (ended == null) ended = reason;
        }
        kill();
        waiting.values().forEach(answer -> answer.completeExceptionally(ended));
    }

    @Override
    public void close() {
        fail(new McpFailure("mcp_process_ended", "The process of the MCP server was stopped.", true));
    }

    /** With all that it started: launchers such as npx are not the server itself. */
    private void kill() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroy);
        thread("mcp-stop", () -> {
            CompletableFuture<?>[] exits =
                    all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
            try {
                CompletableFuture.allOf(exits).get(STOP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException late) {
                all.forEach(ProcessHandle::destroyForcibly);
            }
        });
    }

    /** Waits until the process is gone. */
    void awaitEnd() {
        try {
            if (!process.waitFor(2 * STOP_MILLIS, TimeUnit.MILLISECONDS)) process.destroyForcibly();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
