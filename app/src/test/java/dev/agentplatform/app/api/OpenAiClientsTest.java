package dev.agentplatform.app.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The official OpenAI packages for Node and Python, unmodified, against {@code /v1}: chat, streaming, tools, structured
 * output, embeddings, kinds of errors, retries, cancellation. Needs {@code node}, {@code npm} and {@code python3} with
 * {@code pip}; the packages are fetched into {@code target/clients}, in the versions that the files beside the scripts
 * pin.
 */
class OpenAiClientsTest {
    private static final Path SCRIPTS = Path.of("src/test/clients");
    private static final Path INSTALLED = Path.of("target/clients");
    private static final int INSTALL_SECONDS_MAX = 300;
    private static final int RUN_SECONDS_MAX = 90;

    private static ApiServer server;
    private static FickleProvider provider;

    @BeforeAll
    static void start() throws Exception {
        provider = new FickleProvider();
        server = new ApiServer(Dialect.SQLITE);
        Api api = new Api(server, Api.Spelling.WORKSPACE_HEADER, "public");
        // One attempt of the gateway: it is the client that comes again.
        api.post(
                        "/models/providers",
                        "{'name':'fickle','kind':'openai','limits':{'attempts':1},'base_url':'%s','models':[{'name':'flaky-node'},{'name':'endless-node'},{'name':'flaky-python'},"
                                        .formatted(provider.baseUrl())
                                + "{'name':'endless-python'}]}")
                .expect(201);
        api.post(
                        "/models/providers",
                        "{'name':'practice','kind':'mock','models':[{'name':'mock'},{'name':'mock-embedding'}]}")
                .expect(201);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
        provider.close();
    }

    @Test
    void node() throws Exception {
        Path folder = INSTALLED.resolve("node");
        install(
                folder,
                "node",
                List.of("package.json", "package-lock.json"),
                List.of("npm", "ci", "--no-audit", "--no-fund"));
        Files.copy(
                SCRIPTS.resolve("node/client.mjs"), folder.resolve("client.mjs"), StandardCopyOption.REPLACE_EXISTING);
        run(folder, Map.of(), List.of("node", "client.mjs"));
        assertThat(provider.requests("flaky-node")).isEqualTo(2);
        assertThat(provider.cut("endless-node"))
                .as("the stream at the provider was cut")
                .isTrue();
    }

    @Test
    void python() throws Exception {
        Path folder = INSTALLED.resolve("python");
        install(
                folder,
                "python",
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
        String script = SCRIPTS.resolve("python/client.py").toAbsolutePath().toString();
        run(folder, Map.of("PYTHONPATH", "packages"), List.of("python3", script));
        assertThat(provider.requests("flaky-python")).isEqualTo(2);
        assertThat(provider.cut("endless-python"))
                .as("the stream at the provider was cut")
                .isTrue();
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

    private static void run(Path folder, Map<String, String> environment, List<String> command) throws Exception {
        Map<String, String> all = new HashMap<>(environment);
        all.put("BASE_URL", "http://127.0.0.1:" + server.port() + "/v1");
        all.put("API_KEY", "any");
        execute(folder, all, command, RUN_SECONDS_MAX);
    }

    private static void execute(Path folder, Map<String, String> environment, List<String> command, int seconds)
            throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
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
