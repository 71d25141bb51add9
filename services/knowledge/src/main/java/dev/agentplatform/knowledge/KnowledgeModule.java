package dev.agentplatform.knowledge;

import dev.agentplatform.engine.EngineProcess;
import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.outbound.OutboundClient;
import dev.agentplatform.queue.ActorTable.Actor;
import dev.agentplatform.queue.TaskTable.Claimed;
import dev.agentplatform.search.FollowingIndexes;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.Sweep;
import dev.agentplatform.web.Routes;
import java.time.Clock;
import java.time.Duration;

/** What the knowledge room contributes: searches for those inside, routes, and the work behind them. Its migration is V1.31. */
public final class KnowledgeModule implements LifeCycle {
    static final String INDEX_MEGABYTES = "AGENT_PLATFORM_KNOWLEDGE_INDEX_MEGABYTES";
    static final String SEARCH_DAYS = "AGENT_PLATFORM_KNOWLEDGE_SEARCH_DAYS";
    private static final long INDEX_MEGABYTES_USUAL = 512;
    private static final long INDEX_MEGABYTES_MAX = 65_536;
    private static final int SEARCH_DAYS_USUAL = 30;
    private static final int SEARCH_DAYS_MAX = 36_500;

    /** An index that is further behind is built anew. */
    private static final Duration GONE_KEPT = Duration.ofHours(1);

    private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
    private static final int SWEEP_BATCH = 500;

    /** Documents that are read at a time: each may take much memory. */
    private static final int INDEXING_MAX = 2;

    private static final int TENDING_MAX = 4;

    private final Database database;
    private final Clock clock;
    private final boolean worker;
    private final long searchesKeptMs;
    private final Bases bases;
    private final Searches searches;
    private final Sweep sweep;
    private final TaskPool indexing;
    private final TaskPool tending;
    private final EngineProcess process;
    private final Routes routes = new Routes("knowledge", "Bases of documents, and searches in them");

    /** @param worker false: this process indexes nothing in the background */
    public record Wiring(
            Database database,
            EngineProcess process,
            Outbox outbox,
            OutboundClient client,
            EmbeddingModels models,
            Clock clock,
            Ids ids,
            boolean worker) {}

    public KnowledgeModule(Settings settings, Wiring wiring) {
        database = wiring.database();
        clock = wiring.clock();
        worker = wiring.worker();
        process = wiring.process();
        long megabytes = settings.number(INDEX_MEGABYTES, INDEX_MEGABYTES_USUAL, 1, INDEX_MEGABYTES_MAX);
        searchesKeptMs = Duration.ofDays(settings.number(SEARCH_DAYS, SEARCH_DAYS_USUAL, 1, SEARCH_DAYS_MAX))
                .toMillis();
        Embedders embedders = new Embedders(settings, wiring.models());
        Tasks tasks = new Tasks(process.dispatcher(), clock);
        KnowledgeEvents events = new KnowledgeEvents(wiring.outbox(), clock, wiring.ids());
        Cutting cutting = new Cutting(embedders, wiring.ids());
        bases = new Bases(database, embedders, tasks, events, clock, wiring.ids());
        Documents documents = new Documents(database, cutting, tasks, events, clock, wiring.ids());
        FollowingIndexes<BaseFeed.Key> indexes =
                new FollowingIndexes<>(megabytes << 20, key -> new BaseFeed(database, key));
        searches = new Searches(database, bases, embedders, indexes, clock, wiring.ids());
        Indexing indexer = new Indexing(database, cutting, new Fetching(wiring.client()), tasks, events, clock);
        Tending tends = new Tending(database, embedders, tasks, events, clock);
        indexing = new TaskPool(
                database,
                process,
                clock,
                Tasks.DOCUMENT,
                Tasks.DOCUMENT_PRIORITY,
                INDEXING_MAX,
                (task, running) -> indexer.index(held(task, Tasks.document(task.workspaceId(), task.ref())), running));
        tending = new TaskPool(
                database,
                process,
                clock,
                Tasks.BASE,
                Tasks.BASE_PRIORITY,
                TENDING_MAX,
                (task, running) -> tends.tend(held(task, Tasks.base(task.workspaceId(), task.ref())), running));
        sweep = new Sweep("old rows of knowledge bases", SWEEP_EVERY, this::sweep);
        new BaseRoutes(bases).addTo(routes);
        new KnowledgeDocumentRoutes(documents, bases).addTo(routes);
        new SearchRoutes(searches).addTo(routes);
    }

    private Held held(Claimed task, Actor actor) {
        return new Held(
                database, process.dispatcher(), clock, process.membership().worker(), task, actor);
    }

    /** Some of what is over; returns how many rows. */
    private int sweep() {
        int rows = database.transact(sql -> SearchTable.purge(sql, clock.millis() - searchesKeptMs, SWEEP_BATCH));
        long before = clock.millis() - GONE_KEPT.toMillis();
        for (ChunkTable.Old old : database.read(sql -> ChunkTable.old(sql, before, SWEEP_BATCH))) {
            rows += database.transact(sql -> {
                BaseTable.raiseFloor(sql, old.workspaceId(), old.baseId(), old.changeNo());
                return ChunkTable.forgetGone(sql, old);
            });
        }
        return rows;
    }

    /** For those inside. */
    public Knowledge knowledge() {
        return new Knowledge(searches);
    }

    public Routes routes() {
        return routes;
    }

    @Override
    public void start() {
        sweep.start();
        if (!worker) return;
        bases.followSettings();
        indexing.start();
        tending.start();
    }

    /** Before the engine stops, which frees the tasks that are not done. */
    @Override
    public void stop() {
        indexing.stop();
        tending.stop();
        sweep.stop();
    }
}
