package dev.agentplatform.engine;

import dev.agentplatform.store.Database;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Those who wait for the end of runs. The end of a run that lives elsewhere is found by looking. */
final class Endings {
    private static final long LOOK_EVERY_MS = 250;

    private final Database database;
    private final Predicate<UUID> ownedHere;
    private final ConcurrentHashMap<UUID, CompletableFuture<RunRecord>> waiting = new ConcurrentHashMap<>();

    Endings(Database database, Predicate<UUID> ownedHere) {
        this.database = database;
        this.ownedHere = ownedHere;
    }

    void ended(UUID runId, Supplier<RunRecord> run) {
        CompletableFuture<RunRecord> ending = waiting.remove(runId);
        if (ending != null) ending.complete(run.get());
    }

    Optional<RunRecord> await(String workspaceId, UUID runId, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (true) {
            CompletableFuture<RunRecord> ending = waiting.computeIfAbsent(runId, id -> new CompletableFuture<>());
            // Registered before looking: an end in between completes the future.
            if (!ownedHere.test(runId)) {
                Optional<RunRecord> found = database.read(sql -> RunTable.find(sql, workspaceId, runId));
                if (found.isEmpty() || found.get().status().ended()) {
                    waiting.remove(runId, ending);
                    return found;
                }
            }
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 && !ending.isDone()) return Optional.empty();
            try {
                return Optional.of(ending.get(Math.min(left, LOOK_EVERY_MS), TimeUnit.MILLISECONDS));
            } catch (TimeoutException notYet) {
                // Look again: it may have ended in another process.
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
