package dev.agentplatform.code;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.code.Boxes.Box;
import dev.agentplatform.kernel.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed takes its sandboxes with it; the next one cleans up. */
class ServerCrashTest {
    @TempDir
    Path data;

    /** The server: runs code that never ends, with a child that carries the mark. */
    static final class Server {
        public static void main(String[] arguments) throws Exception {
            Sandboxes sandboxes = Boxes.start(Isolation.valueOf(arguments[0]), Path.of(arguments[1]), Map.of())
                    .sandboxes();
            // Warm ones, which must end too, and one that works.
            sandboxes.run(new CodeRequest(Language.JAVASCRIPT, "result = 1", null, null));
            String code = "import os, signal, subprocess\n"
                    + "for n in (1, 2, 15): signal.signal(n, signal.SIG_IGN)\n"
                    + "subprocess.Popen(['sh', '-c', 'trap \"\" TERM HUP; while :; do sleep 1; done', payload])\n"
                    + "while True: pass";
            sandboxes.run(new CodeRequest(Language.PYTHON, code, Json.text(arguments[2]), Duration.ofSeconds(30)));
        }
    }

    @Escape
    void nothingSurvivesAServerThatIsKilled(Box box) throws Exception {
        String mark = HostProcesses.mark();
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Server.class.getName(),
                        box.isolation().name(),
                        data.toString(),
                        mark)
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("log").toFile())
                .start();
        try {
            // Its own arguments carry the mark as well.
            HostProcesses.await(
                    () -> server.descendants().anyMatch(ServerCrashTest::hasChildren), "no sandbox started");
            List<ProcessHandle> inside = server.descendants().toList();
            assertThat(inside).hasSizeGreaterThan(2);
            server.destroyForcibly().waitFor();
            HostProcesses.await(() -> inside.stream().noneMatch(ProcessHandle::isAlive), "a sandbox lives on");
            HostProcesses.endSoon(mark);
        } finally {
            server.destroyForcibly();
        }
    }

    /** The shell that the code started is below the sandbox's first process, which is below the one that holds it. */
    private static boolean hasChildren(ProcessHandle process) {
        return process.info().commandLine().orElse("").contains("while :; do sleep 1; done")
                && process.info().command().orElse("").endsWith("sh");
    }

    @Escape
    void theNextStartDeletesWhatWasLeft(Box box) throws Exception {
        Path folder =
                Files.createDirectories(data.resolve("code").resolve("call-123").resolve("deep"));
        Files.writeString(folder.resolve("file"), "left");
        Path innocent = Files.writeString(data.resolve("code").resolve("other"), "stays");
        Box next = Boxes.start(box.isolation(), data, Map.of());
        try {
            assertThat(next.python("result = 1").completed()).isTrue();
            assertThat(folder.getParent()).doesNotExist();
            assertThat(innocent).exists();
        } finally {
            next.sandboxes().stop();
        }
    }
}
