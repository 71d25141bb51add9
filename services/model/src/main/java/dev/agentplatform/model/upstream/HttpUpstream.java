package dev.agentplatform.model.upstream;

import dev.agentplatform.model.upstream.UpstreamError.Code;
import dev.agentplatform.model.wire.WireRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Providers over the network. One serves all threads; connections are kept for the next call to the same origin.
 *
 * <p>A kept connection may have been closed by the other side meanwhile: when it ends before anything of an answer
 * came, the request is sent once more on a fresh one.
 */
public final class HttpUpstream implements Upstream, AutoCloseable {
    private static final long KEPT_IDLE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final int KEPT_PER_ORIGIN_MAX = 1_000;
    private static final int PLACES_MAX = 2_000;
    private static final int INFORMATIONAL_MAX = 5;

    private static final class Kept {
        final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
        final AtomicInteger count = new AtomicInteger();
    }

    private final Connector connector;
    private final Map<Origin, Kept> kept = new ConcurrentHashMap<>();
    private final Map<String, Origin.Place> places = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public HttpUpstream(Connector connector) {
        this.connector = connector;
    }

    @Override
    public UpstreamAnswer send(WireRequest request, Patience patience, Cancel cancel) throws UpstreamError {
        Origin.Place place = place(request.url());
        byte[] head = head(request, place);
        Connection reused = reuse(place.origin());
        if (reused != null) {
            try {
                return exchange(reused, place.origin(), head, request.body(), patience, cancel);
            } catch (UpstreamError failed) {
                boolean stale = failed.code() == Code.CUT && !reused.answered() && !cancel.cancelled();
                if (!stale) throw failed;
            }
        }
        Connection fresh = connector.connect(place.origin(), patience, cancel);
        return exchange(fresh, place.origin(), head, request.body(), patience, cancel);
    }

    private UpstreamAnswer exchange(
            Connection connection, Origin origin, byte[] head, byte[] body, Patience patience, Cancel cancel)
            throws UpstreamError {
        cancel.cutting(connection::close);
        try {
            connection.deadline(patience.until(patience.firstByte()));
            connection.write(head, body);
            Head answer = Head.read(connection);
            for (int i = 0; answer.status() < 200; i++) {
                if (i == INFORMATIONAL_MAX || answer.status() == 101) throw Head.wrong("it announces without end");
                answer = Head.read(connection);
            }
            return new HttpAnswer(this, origin, connection, answer, patience, cancel);
        } catch (UpstreamError | RuntimeException failed) {
            cancel.cutting(null);
            connection.close();
            throw failed;
        }
    }

    private Connection reuse(Origin origin) {
        Kept of = kept.get(origin);
        if (of == null) return null;
        long now = System.nanoTime();
        while (true) {
            Connection last = of.idle.pollFirst();
            if (last == null) return null;
            of.count.decrementAndGet();
            if (last.isFresh(now)) return last;
            last.close();
        }
    }

    /** Called when an answer was read to its end. */
    void keep(Origin origin, Connection connection) {
        connection.settle();
        Kept of = kept.computeIfAbsent(origin, unused -> new Kept());
        if (closed || of.count.incrementAndGet() > KEPT_PER_ORIGIN_MAX) {
            if (!closed) of.count.decrementAndGet();
            connection.close();
            return;
        }
        connection.deadline(System.nanoTime() + KEPT_IDLE_NANOS);
        of.idle.addFirst(connection);
    }

    private Origin.Place place(String url) throws UpstreamError {
        Origin.Place known = places.get(url);
        if (known != null) return known;
        Origin.Place place = Origin.of(url);
        if (places.size() >= PLACES_MAX) places.clear();
        places.put(url, place);
        return place;
    }

    private static byte[] head(WireRequest request, Origin.Place place) throws UpstreamError {
        StringBuilder text = new StringBuilder(256);
        text.append(request.method()).append(' ').append(place.path()).append(" HTTP/1.1\r\nHost: ");
        text.append(place.authority()).append("\r\n");
        for (Map.Entry<String, String> header : request.headers().entrySet()) {
            text.append(safe(header.getKey()))
                    .append(": ")
                    .append(safe(header.getValue()))
                    .append("\r\n");
        }
        if (request.body() != null)
            text.append("Content-Length: ").append(request.body().length).append("\r\n");
        return text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String safe(String text) throws UpstreamError {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < 0x20 && c != '\t') || c > 0x7e)
                throw new UpstreamError(Code.INVALID_REQUEST, "A header for the provider holds a forbidden character.");
        }
        return text;
    }

    /** Cuts what is kept; calls under way go on. */
    @Override
    public void close() {
        closed = true;
        for (Kept of : kept.values()) {
            for (Connection one = of.idle.pollFirst(); one != null; one = of.idle.pollFirst()) one.close();
        }
    }
}
