package dev.agentplatform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.agentplatform.kernel.Ids;
import dev.agentplatform.store.InstanceLock.FolderInUse;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process per data folder. */
class InstanceLockTest {
    private final Ids ids = new Ids(Clock.systemUTC());

    @TempDir
    Path folder;

    @Test
    void theInstanceStaysWithTheFolder() throws IOException {
        UUID first;
        try (InstanceLock lock = InstanceLock.acquire(folder.resolve("new"), ids)) {
            first = lock.instance();
        }
        assertThat(Files.readAllLines(folder.resolve("new/instance.lock")))
                .containsExactly(
                        "instance=" + first, "pid=" + ProcessHandle.current().pid());
        try (InstanceLock lock = InstanceLock.acquire(folder.resolve("new"), ids)) {
            assertThat(lock.instance()).isEqualTo(first);
        }
    }

    @Test
    void aSecondLockInOneProcessIsRefused() {
        try (InstanceLock lock = InstanceLock.acquire(folder, ids)) {
            assertThat(lock.instance()).isNotNull();
            assertThatThrownBy(() -> InstanceLock.acquire(folder, ids)).isInstanceOf(FolderInUse.class);
        }
    }

    @Test
    void anotherProcessIsNamedAndItsDeathFreesTheFolder() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Process other = new ProcessBuilder(List.of(
                        java, "-cp", System.getProperty("java.class.path"), Holder.class.getName(), folder.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader said = other.inputReader(StandardCharsets.UTF_8)) {
            UUID instance = UUID.fromString(said.readLine());
            assertThatThrownBy(() -> InstanceLock.acquire(folder, ids))
                    .isInstanceOf(FolderInUse.class)
                    .hasMessageContaining(folder.toString())
                    .hasMessageContaining("process " + other.pid());
            other.destroyForcibly().waitFor();
            try (InstanceLock lock = InstanceLock.acquire(folder, ids)) {
                assertThat(lock.instance()).isEqualTo(instance);
            }
        } finally {
            other.destroyForcibly();
        }
    }

    /** The other process: takes the lock and keeps it until it is killed. */
    static final class Holder {
        private Holder() {}

        public static void main(String[] arguments) throws InterruptedException {
            InstanceLock lock = InstanceLock.acquire(Path.of(arguments[0]), new Ids(Clock.systemUTC()));
            System.out.println(lock.instance());
            Thread.currentThread().join();
        }
    }
}
