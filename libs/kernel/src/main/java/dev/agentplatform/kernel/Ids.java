package dev.agentplatform.kernel;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/**
 * Makes UUIDv7 ids: 48 bits of UTC milliseconds, a counter, random bits; they sort by creation, within a process exactly.
 *
 * <p>A run id leaves its low 24 bits zero; the id of step {@code no} is the run id plus {@code no}.
 * It therefore needs no column of its own, names its run by masking, and is the same after a crash.
 */
public final class Ids {
    /** Steps of one run are numbered from 1 up to this. */
    public static final int STEP_NO_MAX = (1 << 24) - 1;

    private static final long STEP_MASK = STEP_NO_MAX;

    /** Ids of one millisecond; more of them borrow from the next. */
    private static final int COUNTER_BITS = 12;

    private final AtomicLong lastStamp = new AtomicLong();
    private final Clock clock;
    private final RandomGenerator random;

    public Ids(Clock clock) {
        this(clock, new SecureRandomGenerator());
    }

    /** A seeded {@code random} makes ids repeatable in tests; it must be safe for the threads that use it. */
    public Ids(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** Always greater than the one before of this process, so that lists by id have the order of creation. */
    public UUID next() {
        long now = clock.millis() << COUNTER_BITS;
        long stamp = lastStamp.updateAndGet(last -> Math.max(last + 1, now));
        return at(stamp >>> COUNTER_BITS, stamp, random.nextLong());
    }

    /** A run id: its low 24 bits are zero. */
    public UUID nextRun() {
        return at(clock.millis(), random.nextLong(), random.nextLong() & ~STEP_MASK);
    }

    public static UUID step(UUID runId, int no) {
        return new UUID(runId.getMostSignificantBits(), runId.getLeastSignificantBits() | no);
    }

    public static UUID runOf(UUID stepId) {
        return new UUID(stepId.getMostSignificantBits(), stepId.getLeastSignificantBits() & ~STEP_MASK);
    }

    public static int stepNo(UUID stepId) {
        return (int) (stepId.getLeastSignificantBits() & STEP_MASK);
    }

    /** The smallest id that could have been made at {@code timeMs}: a bound for "older than" by id. */
    public static UUID lowest(long timeMs) {
        return at(timeMs, 0, 0);
    }

    /** Milliseconds since 1970 at which a UUIDv7 was made. */
    public static long timeMs(UUID id) {
        return id.getMostSignificantBits() >>> 16;
    }

    /** Reads the 36-character form; anything else, the lenient short forms of the JDK included, is empty. */
    public static Optional<UUID> parse(String text) {
        if (text == null || text.length() != 36) return Optional.empty();
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    public static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    public static UUID fromBytes(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    private static UUID at(long timeMs, long randomHigh, long randomLow) {
        long high = (timeMs << 16) | 0x7000L | (randomHigh & 0x0FFFL);
        long low = (randomLow & 0x3FFFFFFFFFFFFFFFL) | 0x8000000000000000L;
        return new UUID(high, low);
    }

    /** SecureRandom is slow per call; drawing 4 KB at a time makes an id cost nanoseconds. */
    private static final class SecureRandomGenerator implements RandomGenerator {
        private static final SecureRandom SOURCE = new SecureRandom();
        private final byte[] buffer = new byte[4096];
        private int position = buffer.length;

        @Override
        public synchronized long nextLong() {
            if (position == buffer.length) {
                SOURCE.nextBytes(buffer);
                position = 0;
            }
            long value = ByteBuffer.wrap(buffer, position, Long.BYTES).getLong();
            position += Long.BYTES;
            return value;
        }
    }
}
