package dev.agentplatform.bench.simulation;

import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Migrations;
import dev.agentplatform.store.Sql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Runs many seeds: {@code SimulationMain [first seed] [seeds]}. Prints the first seed that breaks an invariant. */
public final class SimulationMain {
    static {
        Logger.getLogger("org.flywaydb").setLevel(Level.WARNING);
    }

    private static final List<String> TABLES =
            List.of("run", "task", "step", "run_event", "run_message", "worker", "queue_limit");

    private SimulationMain() {}

    public static void main(String[] arguments) throws IOException {
        long first = arguments.length > 0 ? Long.parseLong(arguments[0]) : 1;
        long seeds = arguments.length > 1 ? Long.parseLong(arguments[1]) : 5_000;
        long started = System.nanoTime();
        Simulation.Report total = run(first, seeds);
        System.out.printf(
                "%d seeds from %d: %d runs, %d commits, %d crashes, %d effects in %.1f s%n",
                seeds,
                first,
                total.runs(),
                total.commits(),
                total.crashes(),
                total.effects(),
                (System.nanoTime() - started) / 1e9);
    }

    /** Runs seeds one after the other. @throws AssertionError that names the seed that broke an invariant */
    public static Simulation.Report run(long first, long seeds) throws IOException {
        Path memory = Path.of("/dev/shm");
        Path folder = Files.isWritable(memory)
                ? Files.createTempDirectory(memory, "simulation")
                : Files.createTempDirectory("simulation");
        Simulation.Report total = new Simulation.Report(0, 0, 0, 0);
        try {
            // A new file now and then: the writer remembers every group commit that it ever had.
            for (long from = first; from < first + seeds; from += 200) {
                Path file = folder.resolve("seeds-" + from);
                long until = Math.min(first + seeds, from + 200);
                try (Database database = Database.open(DatabaseSettings.of(DatabaseUrl.parse(null, file)))) {
                    Migrations.migrate(database);
                    for (long seed = from; seed < until; seed++) total = sum(total, one(database, seed));
                }
            }
        } finally {
            delete(folder);
        }
        return total;
    }

    private static Simulation.Report one(Database database, long seed) {
        try (Simulation simulation = new Simulation(database, seed)) {
            return simulation.run();
        } catch (RuntimeException | Error broken) {
            throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
        } finally {
            database.transact(sql -> {
                for (String table : TABLES) empty(sql, table);
                return null;
            });
        }
    }

    private static void empty(Sql sql, String table) throws SQLException {
        sql.update("DELETE FROM " + table);
    }

    private static Simulation.Report sum(Simulation.Report a, Simulation.Report b) {
        return new Simulation.Report(
                a.runs() + b.runs(), a.commits() + b.commits(), a.crashes() + b.crashes(), a.effects() + b.effects());
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
