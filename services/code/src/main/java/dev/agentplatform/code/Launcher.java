package dev.agentplatform.code;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Starts interpreters in one isolation. */
final class Launcher implements AutoCloseable {
    private static final String FOLDER_PREFIX = "call-";

    private final CodeSettings settings;
    private final Isolation isolation;
    private final Map<Language, Interpreter> interpreters;
    private final Map<Language, Jail> jails = new ConcurrentHashMap<>();
    private final BitSet slots = new BitSet();

    /** A sandbox ends with the thread that started it, so this one lives as long as the launcher. */
    private final ExecutorService starter = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("sandbox-starter").daemon().factory());

    Launcher(CodeSettings settings, Isolation isolation, Map<Language, Interpreter> interpreters) {
        this.settings = settings;
        this.isolation = isolation;
        this.interpreters = Map.copyOf(interpreters);
        for (Interpreter interpreter : interpreters.values()) {
            jails.put(interpreter.language(), Jail.of(interpreter, settings.hidden()));
        }
    }

    Isolation isolation() {
        return isolation;
    }

    /** A started interpreter, which may not be ready yet. */
    Sandbox launch(Language language) {
        int slot = takeSlot();
        try {
            Path folder = isolation == Isolation.NONE ? newFolder() : null;
            Process process = CompletableFuture.supplyAsync(() -> start(language, slot, folder), starter)
                    .join();
            Thread.ofVirtual().name("sandbox-end").start(() -> {
                process.onExit().join();
                freeSlot(slot);
                if (folder != null) delete(folder);
            });
            return new Sandbox(process, isolation != Isolation.NONE);
        } catch (RuntimeException failed) {
            freeSlot(slot);
            throw new Sandbox.StartFailed(String.valueOf(failed.getMessage()));
        }
    }

    private Process start(Language language, int slot, Path folder) {
        ProcessBuilder builder = new ProcessBuilder(isolation.command(new SandboxCommand(
                interpreters.get(language), jails.get(language), cpuSeconds(), Isolation.root(), slot)));
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.directory(folder == null ? Path.of("/").toFile() : folder.toFile());
        try {
            return builder.start();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private long cpuSeconds() {
        return settings.timeoutMax().toSeconds() + 5;
    }

    private synchronized int takeSlot() {
        int slot = slots.nextClearBit(0);
        slots.set(slot);
        return slot;
    }

    private synchronized void freeSlot(int slot) {
        slots.clear(slot);
    }

    // ---- folders of calls, which only unsafe calls have: the others' are in memory of their own

    private Path newFolder() {
        try {
            return Files.createTempDirectory(Files.createDirectories(settings.folder()), FOLDER_PREFIX);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What a process that died has left. */
    static void deleteStale(Path folder) {
        if (!Files.isDirectory(folder)) return;
        try (Stream<Path> children = Files.list(folder)) {
            List<Path> stale = children.filter(
                            child -> child.getFileName().toString().startsWith(FOLDER_PREFIX))
                    .toList();
            for (Path child : stale) delete(child);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException | UncheckedIOException busy) {
            // Somebody still writes there; the next start deletes it.
        }
    }

    @Override
    public void close() {
        starter.shutdown();
    }
}
