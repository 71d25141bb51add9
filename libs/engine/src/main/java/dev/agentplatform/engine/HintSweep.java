package dev.agentplatform.engine;

import dev.agentplatform.events.LiveLog;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.store.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what other processes did: mail for runs owned here, commits to runs followed here. One set-based look
 * for all of them, a few times a second; losing a hint only delays.
 */
final class HintSweep implements LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(HintSweep.class);
    private static final long EVERY_NANOS = 200_000_000;
    private static final int CHUNK = 500;

    private final Engine engine;
    private final Database database;
    private final LiveLog live;
    private final Map<UUID, Long> seen = new HashMap<>();
    private volatile boolean running;
    private volatile Thread thread;

    HintSweep(Engine engine, Database database, LiveLog live) {
        this.engine = engine;
        this.database = database;
        this.live = live;
    }

    @Override
    public void start() {
        running = true;
        thread = Thread.ofPlatform().daemon().name("hint-sweep").start(this::sweepUntilStopped);
    }

    @Override
    public void stop() {
        Thread stopping = thread;
        if (stopping == null) return;
        running = false;
        thread = null;
        LockSupport.unpark(stopping);
        try {
            stopping.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void sweepUntilStopped() {
        while (running) {
            LockSupport.parkNanos(EVERY_NANOS);
            try {
                sweep();
            } catch (RuntimeException failure) {
                LOG.warn("looking for hints failed, trying again: {}", failure.getMessage());
            }
        }
    }

    private void sweep() {
        UUID me = engine.worker();
        Map<UUID, Long> mail = database.read(sql -> RunTable.mailOf(sql, me));
        mail.forEach((run, wakes) -> engine.owner(run).ifPresent(owner -> owner.deliver(new Input.MailArrived(wakes))));
        Set<UUID> followed = live.followed();
        seen.keySet().retainAll(followed);
        List<UUID> elsewhere =
                followed.stream().filter(run -> engine.owner(run).isEmpty()).toList();
        for (int from = 0; from < elsewhere.size(); from += CHUNK) {
            List<UUID> chunk = elsewhere.subList(from, Math.min(elsewhere.size(), from + CHUNK));
            Map<UUID, Long> ends = database.read(sql -> RunTable.logEnds(sql, chunk));
            ends.forEach((run, seq) -> {
                if (!seq.equals(seen.put(run, seq))) live.nudge(run);
            });
        }
    }
}
