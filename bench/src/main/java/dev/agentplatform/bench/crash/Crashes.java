package dev.agentplatform.bench.crash;

import dev.agentplatform.store.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Kills a process under load again and again, then asks the store and the side file what came of it. */
public final class Crashes {
    private static final int SUBMITTERS = 8;
    private static final long LOAD_MS_MAX = 400;
    private static final long END_MS_MAX = 60_000;

    private final Database database;
    private final String url;
    private final Path sideFile;
    private final Random random;
    private final Set<UUID> acknowledged = ConcurrentHashMap.newKeySet();
    /** Steps whose row existed when a process was started, with the length of the side file then. */
    private final Map<String, Long> recorded = new HashMap<>();

    /** What was survived. */
    public record Report(int kills, int acknowledged, long effects, long repeated) {}

    /**
     * @param database the store to look into; never written to
     * @param url the same store, as the killed process opens it
     */
    public Crashes(Database database, String url, Path folder, long seed) {
        this.database = database;
        this.url = url;
        this.sideFile = folder.resolve("effects");
        this.random = new Random(seed);
    }

    /** A process that stops answering and goes on later, or is killed. */
    final class Process implements AutoCloseable {
        private final java.lang.Process process;
        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch worked = new CountDownLatch(1);
        private final Thread reader;

        Process(UUID instance, int submitters) throws IOException {
            remember();
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Victim.class.getName(),
                            url,
                            sideFile.toString(),
                            instance.toString(),
                            String.valueOf(submitters))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            reader = Thread.ofPlatform().daemon().start(this::read);
        }

        private void read() {
            try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.equals("started")) started.countDown();
                    // A line that the kill cut short is no acknowledgement.
                    if (!line.startsWith("ack ") || line.length() != 40) continue;
                    acknowledged.add(UUID.fromString(line.substring(4)));
                    worked.countDown();
                }
            } catch (IOException gone) {
                // Killed in the middle of a line.
                worked.countDown();
            }
        }

        Process awaitStart() throws InterruptedException {
            if (!started.await(30, TimeUnit.SECONDS)) throw new AssertionError("the process did not start");
            return this;
        }

        Process awaitWork() throws InterruptedException {
            if (!worked.await(30, TimeUnit.SECONDS)) throw new AssertionError("the process accepted no run");
            return this;
        }

        void signal(String name) throws IOException, InterruptedException {
            int code = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) throw new AssertionError("kill -" + name + " answered " + code);
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly().waitFor();
            reader.join();
        }
    }

    /** {@code kills} times: start, load, SIGKILL at a random moment; then one life to work off what is left. */
    public Report killAndRestart(int kills) throws IOException, InterruptedException {
        UUID instance = new UUID(random.nextLong(), random.nextLong());
        for (int kill = 0; kill < kills; kill++) {
            try (Process process = new Process(instance, SUBMITTERS)) {
                process.awaitStart().awaitWork();
                // The moment is the point of it: anywhere in a few hundred commits.
                TimeUnit.MILLISECONDS.sleep(random.nextLong(LOAD_MS_MAX));
                process.signal("KILL");
            }
        }
        try (Process last = new Process(instance, 0)) {
            last.awaitStart();
            awaitAllEnded();
        }
        return check(kills, 0);
    }

    /** A process sleeps past its lease, another takes over; the sleeper wakes and goes on with what is left to it. */
    public Report sleepAndWake() throws IOException, InterruptedException {
        long itself;
        try (Process sleeper = new Process(UUID.randomUUID(), SUBMITTERS)) {
            itself = sleeper.process.pid();
            sleeper.awaitStart().awaitWork();
            TimeUnit.MILLISECONDS.sleep(random.nextLong(LOAD_MS_MAX));
            sleeper.signal("STOP");
            try (Process other = new Process(UUID.randomUUID(), 0)) {
                other.awaitStart();
                awaitAllEnded();
                remember();
                sleeper.signal("CONT");
                int before = acknowledged.size();
                awaitMore(before + SUBMITTERS);
            }
            sleeper.signal("KILL");
        }
        try (Process last = new Process(UUID.randomUUID(), 0)) {
            last.awaitStart();
            awaitAllEnded();
        }
        return check(1, itself);
    }

    private void awaitMore(int wanted) throws InterruptedException {
        await("new runs of the sleeper", () -> acknowledged.size() >= wanted);
    }

    private void awaitAllEnded() throws InterruptedException {
        try {
            await("the end of all runs", () -> count("SELECT count(*) AS n FROM task") == 0);
        } catch (AssertionError late) {
            throw new AssertionError(late.getMessage() + "; left are " + left(), late);
        }
    }

    private List<String> left() {
        return database.read(sql -> sql.list(
                "SELECT t.ref, t.status, t.queue, t.attempts, t.owner, w.lease_until FROM task t"
                        + " LEFT JOIN worker w ON w.id = t.owner",
                row -> row.id("ref") + " " + row.text("status") + " in " + row.text("queue") + " attempts "
                        + row.small("attempts") + " owner " + row.idOrNull("owner") + " lease "
                        + row.numberOrNull("lease_until")));
    }

    private interface Condition {
        boolean holds();
    }

    private static void await(String what, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MS_MAX);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) throw new AssertionError("waited in vain for " + what);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Notes which steps have a row while nobody works: none of them may be executed from here on. */
    private void remember() throws IOException {
        long length = Files.exists(sideFile) ? Files.size(sideFile) : 0;
        List<String> steps = database.read(
                sql -> sql.list("SELECT run_id, no FROM step", row -> row.id("run_id") + " " + row.small("no")));
        for (String step : steps) recorded.putIfAbsent(step, length);
    }

    /** @param sleeper process that may have begun a step in its sleep, as it cannot know; 0 for none */
    private Report check(int kills, long sleeper) throws IOException {
        checkRuns();
        checkLogs();
        Map<String, Integer> times = new HashMap<>();
        long position = 0;
        for (String line : Files.readAllLines(sideFile, StandardCharsets.US_ASCII)) {
            String[] parts = line.split(" ");
            String step = parts[0] + " " + parts[1];
            times.merge(step, 1, Integer::sum);
            Long since = recorded.get(step);
            if (since != null && position >= since && Long.parseLong(parts[3]) != sleeper) {
                throw new AssertionError("step " + step + " was executed after its outcome had been recorded");
            }
            position += line.length() + 1;
        }
        long repeated = times.values().stream().filter(count -> count > 1).count();
        return new Report(kills, acknowledged.size(), times.size(), repeated);
    }

    private void checkRuns() {
        Map<UUID, String> statuses = new HashMap<>();
        database.read(
                sql -> sql.list("SELECT id, status FROM run", row -> statuses.put(row.id("id"), row.text("status"))));
        for (UUID run : acknowledged) {
            if (!"completed".equals(statuses.get(run))) {
                throw new AssertionError("acknowledged run " + run + " is " + statuses.get(run));
            }
        }
        long steps = count("SELECT count(*) AS n FROM step");
        if (steps != (long) statuses.size() * Victim.STEPS) {
            throw new AssertionError(statuses.size() + " runs left " + steps + " step rows");
        }
    }

    private void checkLogs() {
        long gaps = count("SELECT count(*) AS n FROM (SELECT r.id FROM run r LEFT JOIN run_event e ON e.run_id = r.id"
                + " GROUP BY r.id, r.last_seq HAVING sum(e.n) <> r.last_seq OR max(e.seq + e.n - 1) <> r.last_seq"
                + " OR min(e.seq) <> 1) AS broken");
        if (gaps != 0) throw new AssertionError(gaps + " logs have gaps");
    }

    private long count(String query) {
        return database.read(sql -> sql.one(query, row -> row.number("n"))).orElseThrow();
    }
}
