package dev.agentplatform.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.app.Main;
import dev.agentplatform.app.command.Commands.Printed;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.InstanceLock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class DoctorCommandTest {
    @TempDir
    private Path folder;

    @Test
    void aFreshPlaceIsFine() {
        Printed printed = doctor(Map.of());
        assertThat(printed.exitCode()).as(printed.out()).isEqualTo(Main.OK);
        assertThat(printed.out().lines()).allMatch(line -> line.startsWith("OK"));
        assertThat(folder).as("nothing was made").isEmptyDirectory();
    }

    @Test
    void aMisspelledSettingIsAWarningWithTheNameThatWasMeant() {
        Printed printed = doctor(Map.of("AGENT_PLATFORM_LOGLEVEL", "debug"));
        assertThat(printed.exitCode()).isEqualTo(Main.OK);
        assertThat(printed.out()).contains("WARN", "AGENT_PLATFORM_LOGLEVEL", "Did you mean AGENT_PLATFORM_LOG_LEVEL?");
    }

    @Test
    void aWrongSettingFails() {
        Printed printed = doctor(Map.of("AGENT_PLATFORM_ROLES", "cook"));
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(printed.out()).contains("FAIL", "AGENT_PLATFORM_ROLES is 'cook'");
    }

    @Test
    void aPortThatSomebodyElseUsesFails() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            // Closed at once by us: whoever asks it for /health gets no answer.
            Thread.ofVirtual().start(() -> closeAll(other));
            Printed printed = doctor(Map.of("AGENT_PLATFORM_PORT", "" + other.getLocalPort()), "--json");
            assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
            assertThat(check(printed, "port").path("status").asString()).isEqualTo("fail");
            assertThat(Json.parse(printed.out()).path("status").asString()).isEqualTo("fail");
        }
    }

    @Test
    void aFolderThatCannotBeMadeFails() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "not a folder");
        Printed printed = Commands.run(
                new DoctorCommand(environment(Map.of())),
                "--json",
                "--data",
                file.resolve("data").toString());
        assertThat(printed.exitCode()).isEqualTo(Main.FAILED);
        assertThat(check(printed, "data folder").path("status").asString()).isEqualTo("fail");
    }

    @Test
    void aDatabaseWithoutItsSchemaIsAWarningAndOneThatIsGoneFails() throws IOException {
        Files.createFile(folder.resolve("agent-platform.db"));
        assertThat(check(doctor(Map.of(), "--json"), "database").path("detail").asString())
                .contains("migrations are pending");
        Printed gone = doctor(Map.of("AGENT_PLATFORM_DATABASE_URL", "postgresql://u:secret@localhost:1/x"));
        assertThat(gone.exitCode()).isEqualTo(Main.FAILED);
        assertThat(gone.out()).contains("FAIL  database").doesNotContain("secret");
    }

    @Test
    void aFolderInUseIsSaid() {
        try (InstanceLock lock = InstanceLock.acquire(folder, new Ids(Clock.systemUTC()))) {
            Printed printed = doctor(Map.of());
            assertThat(printed.exitCode()).as(printed.out()).isEqualTo(Main.OK);
            assertThat(printed.out())
                    .contains("in use by process")
                    .doesNotContain(lock.instance().toString());
        }
    }

    private Printed doctor(Map<String, String> settings, String... options) {
        String[] arguments = new String[options.length + 2];
        System.arraycopy(options, 0, arguments, 2, options.length);
        arguments[0] = "--data";
        arguments[1] = folder.toString();
        return Commands.run(new DoctorCommand(environment(settings)), arguments);
    }

    private static Map<String, String> environment(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(Map.of("AGENT_PLATFORM_PORT", "0"));
        environment.putAll(settings);
        return environment;
    }

    private static JsonNode check(Printed printed, String name) {
        for (JsonNode check : Json.parse(printed.out()).path("checks")) {
            if (check.path("name").asString().equals(name)) return check;
        }
        throw new AssertionError("no check " + name + " in " + printed.out());
    }

    private static void closeAll(ServerSocket socket) {
        try {
            while (true) socket.accept().close();
        } catch (IOException closed) {
            // The test is over.
        }
    }
}
