package dev.agentplatform.memory;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.Database;
import dev.agentplatform.web.Routes;
import java.time.Clock;

/** What the memory room contributes: memories for those inside, routes, and the purge. Its migration is V1.21. */
public final class MemoryModule implements LifeCycle {
    static final String INDEX_MEGABYTES = "AGENT_PLATFORM_MEMORY_INDEX_MEGABYTES";
    private static final long INDEX_MEGABYTES_USUAL = 128;
    private static final long INDEX_MEGABYTES_MAX = 65_536;

    private final Memories memories;
    private final Purge purge;

    public MemoryModule(Settings settings, Database database, Clock clock, Ids ids) {
        long megabytes = settings.number(INDEX_MEGABYTES, INDEX_MEGABYTES_USUAL, 1, INDEX_MEGABYTES_MAX);
        memories = new Memories(database, new ScopeIndexes(database, megabytes << 20), clock, ids);
        purge = new Purge(database, clock);
    }

    public Memories memories() {
        return memories;
    }

    public Routes routes() {
        return MemoryRoutes.of(memories);
    }

    @Override
    public void start() {
        purge.start();
    }

    @Override
    public void stop() {
        purge.stop();
    }
}
