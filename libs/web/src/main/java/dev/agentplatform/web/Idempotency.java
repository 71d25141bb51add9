package dev.agentplatform.web;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.store.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Gives the first answer of a POST again under the same {@code Idempotency-Key}. It stands last among the filters, so
 * that whoever may not call learns nothing.
 *
 * <p>The key is reserved before the handler runs and the answer is stored after it. A reservation that is not running
 * in this process belongs to an execution that died: it is executed again under the same reserved id. So is one whose
 * answer was a stream, which is not stored. Answers that may change by themselves (5xx, 409, 429) free the key.
 */
public final class Idempotency implements Filter, LifeCycle {
    static final String HEADER = "Idempotency-Key";
    static final String REPLAYED = "Idempotent-Replayed";

    private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);
    private static final Duration KEPT = Duration.ofHours(24);
    private static final Duration PURGE_INTERVAL = Duration.ofMinutes(10);
    private static final int PURGE_BATCH = 500;
    private static final int KEY_LENGTH_MAX = 255;

    private record Name(String workspaceId, String key) {}

    /** One request under its key: what must be the same when the key comes again. */
    private record Asked(Name name, String route, String bodyHash) {}

    private record Stored(
            String route, String bodyHash, UUID reservedId, Integer status, JsonNode response, long time) {}

    private final Database database;
    private final Ids ids;
    private final Clock clock;
    private final Set<Name> running = ConcurrentHashMap.newKeySet();
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Thread purging;

    public Idempotency(Database database, Ids ids, Clock clock) {
        this.database = database;
        this.ids = ids;
        this.clock = clock;
    }

    /** Executes {@code next}, or gives the stored answer. */
    @Override
    public Reply filter(Request request, Handler next) throws Exception {
        Optional<String> key = request.method().equals("POST") ? request.header(HEADER) : Optional.empty();
        // Secrets are not kept, and what is forwarded is kept where it is done.
        boolean notHere = request.route()
                .map(route -> route.secret() || route.forwarded())
                .orElse(false);
        if (key.isEmpty() || notHere) return next.handle(request);
        Asked asked = new Asked(new Name(request.workspace().id(), checked(key.get())), route(request), hash(request));
        if (!running.add(asked.name())) throw alreadyRunning(asked);
        try {
            Stored stored = reserve(asked);
            if (stored.status() != null) return replay(stored);
            request.reserved(new Reservation(stored.reservedId(), stored.time() != 0));
            return execute(request, next, asked);
        } finally {
            running.remove(asked.name());
        }
    }

    private Reply execute(Request request, Handler next, Asked asked) throws Exception {
        Reply reply;
        try {
            reply = next.handle(request);
        } catch (Problem problem) {
            reply = request.route().orElseThrow().problems().reply(problem, request.requestId());
        } catch (Throwable fault) {
            release(asked);
            throw fault;
        }
        if (reply.streamHandler().isPresent() || reply.transfer().isPresent()) return reply;
        if (isFinal(reply.status())) store(asked, reply);
        else release(asked);
        return reply;
    }

    private static boolean isFinal(int status) {
        return status < 500 && status != 409 && status != 429;
    }

    private static String checked(String key) {
        boolean printable = key.chars().allMatch(c -> c >= 0x20 && c <= 0x7e);
        if (!key.isBlank() && key.length() <= KEY_LENGTH_MAX && printable) return key;
        throw Problem.malformed(
                "malformed_header", HEADER, "must have 1 to " + KEY_LENGTH_MAX + " printable characters");
    }

    /** Behind the gateway or not, it is the same route. */
    private static String route(Request request) {
        boolean own = request.route().orElseThrow().path().startsWith("/gateway/");
        String path = request.path();
        return own || !path.startsWith("/gateway/") ? path : path.substring("/gateway".length());
    }

    private static String hash(Request request) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(request.rawBody());
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256.", impossible);
        }
    }

    /** A stored time of 0 says that the reservation is new. */
    private Stored reserve(Asked asked) {
        UUID fresh = ids.nextRun();
        long now = clock.millis();
        Stored stored = database.transact(sql -> {
            sql.update("""
                DELETE FROM idempotency_key WHERE workspace_id = ? AND key = ? AND created_time < ?\
                """, asked.name().workspaceId(), asked.name().key(), now - KEPT.toMillis());
            int inserted = sql.update(
                    """
                    INSERT INTO idempotency_key (workspace_id, key, route, body_hash, reserved_id, created_time)
                    VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (workspace_id, key) DO NOTHING\
                    """, asked.name().workspaceId(), asked.name().key(), asked.route(), asked.bodyHash(), fresh, now);
            return inserted == 1 ? new Stored(asked.route(), asked.bodyHash(), fresh, null, null, 0) : null;
        });
        if (stored != null) return stored;
        Stored earlier = find(asked.name())
                .orElseThrow(
                        () -> Problem.conflict("idempotency_in_progress", "The key was just freed; send it again."));
        requireSame(asked, earlier);
        return earlier;
    }

    private Optional<Stored> find(Name name) {
        return database.read(sql -> sql.one(
                """
                SELECT route, body_hash, reserved_id, status, response, created_time FROM idempotency_key
                WHERE workspace_id = ? AND key = ?\
                """,
                row -> new Stored(
                        row.text("route"),
                        row.text("body_hash"),
                        row.id("reserved_id"),
                        row.smallOrNull("status"),
                        row.json("response"),
                        row.number("created_time")),
                name.workspaceId(),
                name.key()));
    }

    private Problem alreadyRunning(Asked asked) {
        find(asked.name()).ifPresent(earlier -> requireSame(asked, earlier));
        return Problem.conflict(
                "idempotency_in_progress", "A request with this " + HEADER + " is still being executed.");
    }

    private static void requireSame(Asked asked, Stored earlier) {
        if (earlier.route().equals(asked.route()) && earlier.bodyHash().equals(asked.bodyHash())) return;
        throw Problem.conflict(
                "idempotency_mismatch", "This " + HEADER + " was sent with another path or body before.");
    }

    private static Reply replay(Stored stored) {
        JsonNode response = stored.response();
        Reply reply = response.path("content_type").isString()
                ? Reply.text(
                        stored.status(),
                        response.path("content_type").stringValue(),
                        response.path("body").stringValue())
                : Reply.empty(stored.status());
        for (Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
            reply = reply.header(header.getKey(), header.getValue().stringValue());
        }
        return reply.header(REPLAYED, "true");
    }

    /** The work is done: when its answer cannot be stored, the key stays reserved and finds the work again. */
    private void store(Asked asked, Reply reply) {
        ObjectNode response = Json.object().put("body", new String(reply.body(), StandardCharsets.UTF_8));
        response.put("content_type", reply.contentType());
        ObjectNode headers = response.putObject("headers");
        reply.headers().forEach(headers::put);
        change(
                "stored",
                """
                UPDATE idempotency_key SET status = ?, response = ? WHERE workspace_id = ? AND key = ?\
                """,
                reply.status(),
                response,
                asked.name().workspaceId(),
                asked.name().key());
    }

    private void release(Asked asked) {
        change(
                "freed",
                "DELETE FROM idempotency_key WHERE workspace_id = ? AND key = ?",
                asked.name().workspaceId(),
                asked.name().key());
    }

    private void change(String what, String statement, Object... arguments) {
        try {
            database.transact(sql -> sql.update(statement, arguments));
        } catch (RuntimeException failed) {
            LOG.warn("an idempotency key could not be {}", what, failed);
        }
    }

    // Purging

    @Override
    public synchronized void start() {
        if (purging != null) return;
        purging = Thread.ofVirtual().name("idempotency-purge").start(this::purgeUntilStopped);
    }

    @Override
    public void stop() {
        stopped.countDown();
        Thread thread;
        synchronized (this) {
            thread = purging;
        }
        if (thread == null) return;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) Thread.currentThread().interrupt();
    }

    private void purgeUntilStopped() {
        try {
            while (!stopped.await(PURGE_INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) purge();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** Deletes what is older than 24 hours, in batches; gives the number of keys. */
    int purge() {
        int all = 0;
        try {
            for (int batch = PURGE_BATCH; batch == PURGE_BATCH && stopped.getCount() > 0; all += batch) {
                batch = database.transact(sql -> sql.update("""
                    DELETE FROM idempotency_key WHERE (workspace_id, key) IN (
                      SELECT workspace_id, key FROM idempotency_key WHERE created_time < ?
                      ORDER BY created_time LIMIT ?)\
                    """, clock.millis() - KEPT.toMillis(), PURGE_BATCH));
            }
        } catch (RuntimeException failed) {
            LOG.warn("idempotency keys could not be purged; tried again in {}", PURGE_INTERVAL, failed);
        }
        return all;
    }
}
