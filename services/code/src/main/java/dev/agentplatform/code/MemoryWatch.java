package dev.agentplatform.code;

import dev.agentplatform.kernel.LifeCycle;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Kills the sandbox whose processes together hold more memory than a call may. The limits of the kernel are for each
 * process alone; this one is for all of a call.
 */
final class MemoryWatch implements LifeCycle {
    private static final long PERIOD_MILLIS = 50;
    private static final Path PROCESSES = Path.of("/proc");

    private final long bytesMax;
    private final Set<Sandbox> watched = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean stopped;
    private Thread watcher;

    private record Use(long parent, long bytes) {}

    MemoryWatch(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public void start() {
        if (Files.isReadable(PROCESSES.resolve("self/status"))) {
            watcher = Thread.ofPlatform().name("sandbox-memory").daemon().start(this::watch);
        }
    }

    void add(Sandbox sandbox) {
        watched.add(sandbox);
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void remove(Sandbox sandbox) {
        watched.remove(sandbox);
    }

    private void watch() {
        try {
            while (awaitPeriod()) look();
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** False when stopped. The first look at a call is a period after its start: most are over by then. */
    private boolean awaitPeriod() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopped && watched.isEmpty()) changed.await();
            long left = TimeUnit.MILLISECONDS.toNanos(PERIOD_MILLIS);
            while (!stopped && left > 0) left = changed.awaitNanos(left);
            return !stopped;
        } finally {
            lock.unlock();
        }
    }

    private void look() {
        if (watched.isEmpty()) return;
        Map<Long, Use> uses = uses();
        Map<Long, Long> sums = new HashMap<>();
        uses.forEach((pid, use) -> {
            Long above = pid;
            // A chain of parents is never longer than there are processes, whatever changed while they were read.
            for (int steps = 0; above != null && steps <= uses.size(); steps++) {
                sums.merge(above, use.bytes(), Long::sum);
                Use parent = uses.get(above);
                above = parent == null ? null : parent.parent();
            }
        });
        for (Sandbox sandbox : watched) {
            if (sums.getOrDefault(sandbox.pid(), 0L) > bytesMax) sandbox.killForMemory();
        }
    }

    private static Map<Long, Use> uses() {
        Map<Long, Use> uses = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                Use use = use(process.resolve("status"));
                if (use != null) uses.put(Long.parseLong(process.getFileName().toString()), use);
            }
        } catch (IOException unreadable) {
            // Then nothing is known this time.
        }
        return uses;
    }

    private static Use use(Path status) {
        long parent = 0;
        long bytes = 0;
        try {
            for (String line : Files.readAllLines(status, java.nio.charset.StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("PPid:")) parent = number(line);
                if (line.startsWith("VmRSS:")) bytes = number(line) * 1024;
            }
            return new Use(parent, bytes);
        } catch (IOException gone) {
            return null;
        }
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            stopped = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (watcher == null) return;
        try {
            watcher.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
