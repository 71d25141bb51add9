package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Programs of others that tests run, unmodified: their packages are fetched into {@code target/clients}, in the versions
 * that the files beside the scripts pin. Needs {@code node} and {@code npm}, or {@code python3} with {@code pip}.
 */
final class Clients {
    private static final Path SCRIPTS = Path.of("src/test/clients");
    private static final Path INSTALLED = Path.of("target/clients");
    private static final int INSTALL_SECONDS_MAX = 300;
    private static final int RUN_SECONDS_MAX = 90;

    private Clients() {}

    /** Runs a script of {@code src/test/clients/<client>}; it ends with 0 or this fails. */
    static void node(String client, String script, Map<String, String> environment) throws Exception {
        Path folder = nodePackages(client);
        Files.copy(
                SCRIPTS.resolve(client).resolve(script), folder.resolve(script), StandardCopyOption.REPLACE_EXISTING);
        execute(folder, environment, List.of("node", script), RUN_SECONDS_MAX);
    }

    /** The folder in which the packages of a client are installed, below {@code node_modules}. */
    static Path nodePackages(String client) throws Exception {
        Path folder = INSTALLED.resolve(client);
        install(
                folder,
                client,
                List.of("package.json", "package-lock.json"),
                List.of("npm", "ci", "--no-audit", "--no-fund"));
        return folder;
    }

    /** {@link #node} for Python. */
    static void python(String client, String script, Map<String, String> environment) throws Exception {
        Path folder = INSTALLED.resolve(client);
        install(
                folder,
                client,
                List.of("requirements.txt"),
                List.of(
                        "python3",
                        "-m",
                        "pip",
                        "install",
                        "-q",
                        "--no-compile",
                        "--target",
                        "packages",
                        "-r",
                        "requirements.txt"));
        String path = SCRIPTS.resolve(client).resolve(script).toAbsolutePath().toString();
        Map<String, String> all = new HashMap<>(environment);
        all.put("PYTHONPATH", "packages");
        execute(folder, all, List.of("python3", path), RUN_SECONDS_MAX);
    }

    /** Once for each state of the files that pin the versions. */
    private static void install(Path folder, String client, List<String> files, List<String> command) throws Exception {
        StringBuilder wanted = new StringBuilder();
        for (String file : files)
            wanted.append(Files.readString(SCRIPTS.resolve(client).resolve(file)));
        Path installed = folder.resolve("installed");
        if (Files.exists(installed) && Files.readString(installed).contentEquals(wanted)) return;
        Files.createDirectories(folder);
        for (String file : files)
            Files.writeString(
                    folder.resolve(file),
                    Files.readString(SCRIPTS.resolve(client).resolve(file)));
        execute(folder, Map.of(), command, INSTALL_SECONDS_MAX);
        Files.writeString(installed, wanted);
    }

    private static void execute(Path folder, Map<String, String> environment, List<String> command, int seconds)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process;
        try {
            process = builder.start();
        } catch (IOException missing) {
            throw new AssertionError("This test needs " + command.getFirst() + " on the PATH.", missing);
        }
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        if (!ended) process.destroyForcibly().waitFor();
        String said = Files.readString(output);
        assertThat(ended)
                .as("%s ends within %s s; it said: %s", command, seconds, said)
                .isTrue();
        assertThat(process.exitValue()).as("%s said: %s", command, said).isZero();
    }
}
