package dev.agentplatform.web;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Server-sent events to one client, written by the handler's thread alone and flushed one by one.
 *
 * <p>A follower waits on a queue of its own and lets the stream beat in between:
 *
 * <pre>{@code
 * stream.onEnd(() -> queue.offer(WAKE));
 * stream.open();
 * while (stream.isOpen()) {
 *     Event event = queue.poll(stream.beatWaitMillis(), MILLISECONDS);
 *     if (event == null) stream.heartbeat();
 *     else if (event != WAKE) stream.send(event.id(), event.name(), event.data());
 * }
 * }</pre>
 *
 * <p>A client that left is noticed by a write only, so nothing is thrown at the handler: the stream is closed then,
 * what is written to it is dropped, and {@link #isOpen} is false. The same holds when the server ends its streams.
 */
public final class Stream {
    static final String CONTENT_TYPE = "text/event-stream";

    /** The default of 32 KB for each idle stream is most of its memory. */
    static final int BUFFER_BYTES = 4096;

    private static final byte[] HEARTBEAT = ": heartbeat\n\n".getBytes(StandardCharsets.UTF_8);

    private final HttpServletResponse response;
    private final long heartbeatNanos;
    private final Object wakeLock = new Object();
    private Runnable wake;
    private boolean ended;
    private OutputStream out;
    private long writtenNanos = System.nanoTime();
    private long bytesWritten;
    private volatile boolean open = true;

    Stream(HttpServletResponse response, Duration heartbeat) {
        this.response = response;
        this.heartbeatNanos = heartbeat.toNanos();
    }

    /** Sends the headers now; without it the first write does. From here on problems become events. */
    public void open() {
        if (!open || out != null) return;
        response.setStatus(200);
        response.setContentType(CONTENT_TYPE);
        response.setHeader("Cache-Control", "no-store");
        // Proxies of the nginx family would hold events back.
        response.setHeader("X-Accel-Buffering", "no");
        response.setBufferSize(BUFFER_BYTES);
        try {
            out = response.getOutputStream();
            out.flush();
            response.flushBuffer();
        } catch (IOException gone) {
            open = false;
        }
    }

    /** False when the client is gone, or the server ends its streams: the handler should return. */
    public boolean isOpen() {
        return open;
    }

    /** True once the headers are on their way. */
    boolean isCommitted() {
        return out != null;
    }

    /** One event; {@code id} and {@code event} may be null, {@code data} may have several lines. */
    public void send(String id, String event, String data) {
        StringBuilder text = new StringBuilder(data.length() + 64);
        if (id != null) text.append("id: ").append(oneLine(id)).append('\n');
        if (event != null) text.append("event: ").append(oneLine(event)).append('\n');
        if (data.indexOf('\n') < 0 && data.indexOf('\r') < 0) {
            text.append("data: ").append(data).append('\n');
        } else {
            for (String line : data.split("\r\n|\r|\n", -1))
                text.append("data: ").append(line).append('\n');
        }
        write(text.append('\n').toString().getBytes(StandardCharsets.UTF_8));
    }

    /** A line that clients ignore. */
    public void comment(String text) {
        write((": " + oneLine(text) + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    /** A comment when nothing was written for the interval of heartbeats; otherwise nothing. */
    public void heartbeat() {
        if (System.nanoTime() - writtenNanos >= heartbeatNanos) write(HEARTBEAT);
    }

    /** Milliseconds, at least 1, until {@link #heartbeat} has something to do. */
    public long beatWaitMillis() {
        long nanos = heartbeatNanos - (System.nanoTime() - writtenNanos);
        return Math.max(1, (nanos + 999_999) / 1_000_000);
    }

    /** Called once, by another thread, when the server ends its streams; at once when it already has. */
    public void onEnd(Runnable wakeUp) {
        synchronized (wakeLock) {
            if (!ended) {
                wake = wakeUp;
                return;
            }
        }
        wakeUp.run();
    }

    /** Tells the handler to come to its end. */
    void end() {
        Runnable registered;
        synchronized (wakeLock) {
            ended = true;
            open = false;
            registered = wake;
        }
        if (registered != null) registered.run();
    }

    long bytesWritten() {
        return bytesWritten;
    }

    private void write(byte[] bytes) {
        open();
        if (!open) return;
        try {
            out.write(bytes);
            out.flush();
            bytesWritten += bytes.length;
            writtenNanos = System.nanoTime();
        } catch (IOException gone) {
            open = false;
        }
    }

    private static String oneLine(String text) {
        if (text.indexOf('\n') < 0 && text.indexOf('\r') < 0) return text;
        throw new IllegalArgumentException("The id, name or comment of an event must be one line.");
    }
}
