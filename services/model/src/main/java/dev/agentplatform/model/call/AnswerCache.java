package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Answers of earlier calls, for those who ask for them. The longest unused go first when the memory is full. */
final class AnswerCache {
    static final int SECONDS_MAX = 86_400;
    private static final long BYTES_MAX = 64L * 1024 * 1024;
    private static final int ENTRY_BYTES_MAX = 1024 * 1024;
    private static final int ENTRY_OVERHEAD_BYTES = 300;

    private record Entry(byte[] body, long storedNanos) {}

    private final Map<String, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /** Of one workspace, provider and model, and of all that the request says. */
    static String key(Ask ask, Candidate candidate) {
        try {
            MessageDigest hash = MessageDigest.getInstance("SHA-256");
            String place = ask.origin().workspaceId() + "\n" + ask.operation() + "\n" + candidate.provider() + "\n"
                    + candidate.target().baseUrl() + "\n";
            hash.update(place.getBytes(StandardCharsets.UTF_8));
            hash.update(
                    Json.write(ask.bodyFor(candidate.target().model(), true)).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256.", impossible);
        }
    }

    synchronized Optional<byte[]> find(String key, int seconds) {
        Entry entry = entries.get(key);
        if (entry == null || System.nanoTime() - entry.storedNanos() > TimeUnit.SECONDS.toNanos(seconds))
            return Optional.empty();
        return Optional.of(Arrays.copyOf(entry.body(), entry.body().length));
    }

    synchronized void store(String key, byte[] body) {
        if (body.length > ENTRY_BYTES_MAX) return;
        Entry before = entries.put(key, new Entry(body, System.nanoTime()));
        if (before != null) bytes -= size(before);
        bytes += body.length + ENTRY_OVERHEAD_BYTES;
        Iterator<Entry> oldest = entries.values().iterator();
        while (bytes > BYTES_MAX) {
            bytes -= size(oldest.next());
            oldest.remove();
        }
    }

    private static long size(Entry entry) {
        return (long) entry.body().length + ENTRY_OVERHEAD_BYTES;
    }
}
