package dev.agentplatform.code;

import dev.agentplatform.kernel.LifeCycle;
import dev.agentplatform.kernel.Problem;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs code in sandboxes: a process of its own for each call, locked in as well as this host can, and killed with all it
 * started when the call is over.
 */
public final class Sandboxes implements CodeRunner, LifeCycle {
    private static final Logger LOG = LoggerFactory.getLogger(Sandboxes.class);
    private static final int RETRY_SECONDS = 1;

    public static final String NO_ISOLATION = "isolation " + Isolation.NONE.word();

    private final CodeSettings settings;
    private final Semaphore turns;
    private final MemoryWatch memory;
    private final CompletableFuture<Started> started = new CompletableFuture<>();
    private final Set<Sandbox> running = ConcurrentHashMap.newKeySet();
    private Thread starting;

    /** @param launcher null when the host offers no isolation */
    private record Started(Offer offer, Launcher launcher, Map<Language, WarmPool> pools) {}

    /** This process runs no code; its name is what {@code /ready} tells. */
    public static final class SandboxUnavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        SandboxUnavailable(String why) {
            super(why);
        }
    }

    public Sandboxes(CodeSettings settings) {
        this.settings = settings;
        this.turns = new Semaphore(settings.concurrency(), true);
        this.memory = new MemoryWatch(settings.memoryBytes());
    }

    /** Begins to find out what the host offers; calls wait for the outcome. */
    @Override
    public void start() {
        start(Isolation.candidates(Isolation.root()));
    }

    void start(List<Isolation> candidates) {
        memory.start();
        starting = Thread.ofPlatform().name("sandbox-probe").daemon().start(() -> find(candidates));
    }

    private void find(List<Isolation> candidates) {
        try {
            Launcher.deleteStale(settings.folder());
            Offer offer = new Probe(settings).run(candidates);
            if (!offer.available()) LOG.warn("code is not run: {}", offer.text());
            else if (offer.isolation() == Isolation.NONE) LOG.warn("code is run WITHOUT isolation: {}", offer.text());
            else LOG.info("code runs with {}", offer.text());
            started.complete(start(offer));
        } catch (InterruptedException stopped) {
            started.complete(new Started(new Offer(null, Map.of(), List.of("stopped")), null, Map.of()));
        } catch (RuntimeException failed) {
            LOG.error("looking for an isolation of code failed", failed);
            String why = String.valueOf(failed.getMessage());
            started.complete(new Started(new Offer(null, Map.of(), List.of(why)), null, Map.of()));
        }
    }

    private Started start(Offer offer) {
        if (!offer.available()) return new Started(offer, null, Map.of());
        Launcher launcher = new Launcher(settings, offer.isolation(), offer.interpreters());
        Map<Language, WarmPool> pools = new EnumMap<>(Language.class);
        for (Language language : offer.interpreters().keySet()) {
            WarmPool pool = new WarmPool(settings.warm(), () -> launcher.launch(language));
            pool.start();
            pools.put(language, pool);
        }
        return new Started(offer, launcher, pools);
    }

    /**
     * Tries what this host offers and starts nothing; one line for people, which begins with {@link #NO_ISOLATION} when
     * code would run unsafely.
     *
     * @throws SandboxUnavailable with the reasons when code would be refused
     */
    public static String offer(CodeSettings settings) throws InterruptedException {
        Offer offer = new Probe(settings).run(Isolation.candidates(Isolation.root()));
        if (!offer.available()) throw new SandboxUnavailable(offer.text());
        return offer.text();
    }

    /** What the host offers, in one line; waits until it is known. Throws when code cannot be run. */
    public String check() throws InterruptedException {
        Offer offer = started().offer();
        if (!offer.available()) throw new SandboxUnavailable(offer.text());
        return offer.text();
    }

    /** How the code of this process is locked in; empty text when it is not run at all. */
    String isolation() throws InterruptedException {
        Offer offer = started().offer();
        return offer.available() ? offer.isolation().word() : "";
    }

    /** Calls that run now. */
    int running() {
        return running.size();
    }

    public CodeSettings settings() {
        return settings;
    }

    @Override
    public CodeResult run(CodeRequest request) throws InterruptedException {
        Limits.checkCode(request.code());
        String input = Limits.input(request.input());
        Duration timeout = timeout(request.timeout());
        WarmPool pool = pool(request.language());
        if (!turns.tryAcquire(settings.patience().toMillis(), TimeUnit.MILLISECONDS)) {
            String detail = "There are " + settings.concurrency() + " calls running; this one has waited "
                    + settings.patience().toMillis() + " ms.";
            throw new Problem(503, "code_runner_busy", detail, List.of(), RETRY_SECONDS);
        }
        try (Sandbox sandbox = take(pool)) {
            return run(sandbox, request.code(), input, timeout);
        } finally {
            turns.release();
        }
    }

    private CodeResult run(Sandbox sandbox, String code, String input, Duration timeout) throws InterruptedException {
        running.add(sandbox);
        memory.add(sandbox);
        try {
            long start = System.nanoTime();
            Sandbox.End end = sandbox.run(code, input, timeout);
            return Answers.result(end, timeout, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
        } finally {
            memory.remove(sandbox);
            running.remove(sandbox);
        }
    }

    private static Sandbox take(WarmPool pool) throws InterruptedException {
        try {
            return pool.take();
        } catch (Sandbox.StartFailed failed) {
            String detail = "A sandbox could not be started; the server's log says why.";
            throw new Problem(503, "sandbox_unavailable", detail, List.of(), RETRY_SECONDS);
        }
    }

    private Duration timeout(Duration asked) {
        if (asked == null) return settings.timeoutDefault();
        if (asked.isPositive() && asked.compareTo(settings.timeoutMax()) <= 0) return asked;
        throw Problem.invalid(
                "timeout_seconds", "must be from 1 to " + settings.timeoutMax().toSeconds());
    }

    private WarmPool pool(Language language) throws InterruptedException {
        Started found = started();
        if (!found.offer().available()) {
            throw new Problem(
                    503,
                    "sandbox_unavailable",
                    "This server runs no code: " + found.offer().text() + ".");
        }
        WarmPool pool = found.pools().get(language);
        if (pool == null) {
            throw new Problem(
                    503, "sandbox_unavailable", "This server has no interpreter for " + language.word() + ".");
        }
        return pool;
    }

    private Started started() throws InterruptedException {
        try {
            return started.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Kills what runs. */
    @Override
    public void stop() {
        if (starting != null) starting.interrupt();
        memory.stop();
        if (starting == null) return;
        Started found = started.join();
        found.pools().values().forEach(WarmPool::stop);
        running.forEach(Sandbox::close);
        if (found.launcher() != null) found.launcher().close();
    }
}
