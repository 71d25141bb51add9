package dev.agentplatform.memory;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.search.FollowingIndexes;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sweep;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Duration;

/** What the memory room contributes: memories for those inside, routes, and the purge. Its migration is V1.21. */
public final class MemoryModule implements LifeCycle {
    static final String INDEX_MEGABYTES = "AGENT_PLATFORM_MEMORY_INDEX_MEGABYTES";
    private static final long INDEX_MEGABYTES_USUAL = 128;
    private static final long INDEX_MEGABYTES_MAX = 65_536;
    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

    private final Memories memories;
    private final Sweep sweep;

    public MemoryModule(Settings settings, Database database, Clock clock, Ids ids) {
        long megabytes = settings.number(INDEX_MEGABYTES, INDEX_MEGABYTES_USUAL, 1, INDEX_MEGABYTES_MAX);
        memories = new Memories(database, indexes(database, megabytes << 20), clock, ids);
        sweep = new Sweep("rows of expired memories", SWEEP_EVERY, new Purge(database, clock)::batch);
    }

    static FollowingIndexes<Scope> indexes(Database database, long bytesMax) {
        return new FollowingIndexes<>(bytesMax, scope -> new ScopeFeed(database, scope));
    }

    public Memories memories() {
        return memories;
    }

    public Routes routes() {
        return MemoryRoutes.of(memories);
    }

    @Override
    public void start() {
        sweep.start();
    }

    @Override
    public void stop() {
        sweep.stop();
    }
}
