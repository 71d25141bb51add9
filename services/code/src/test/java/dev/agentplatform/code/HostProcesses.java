package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What runs on this host, seen from outside. Processes are known by a mark among their arguments. */
final class HostProcesses {
    private HostProcesses() {}

    static String mark() {
        return "escape-" + System.nanoTime();
    }

    static boolean live(String mark) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                try {
                    if (Files.readString(process.resolve("cmdline")).contains(mark)) return true;
                } catch (IOException gone) {
                    // ended meanwhile
                }
            }
            return false;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    static void endSoon(String mark) {
        await(() -> !live(mark), "a process lives on");
    }

    static void await(java.util.function.BooleanSupplier condition, String otherwise) {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(otherwise).isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
