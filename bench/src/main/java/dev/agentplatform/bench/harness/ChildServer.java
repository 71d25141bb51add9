package dev.agentplatform.bench.harness;

import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The program as its users start it, {@code ./agent-platform serve}, in a process and data folder of its own. */
public final class ChildServer implements AutoCloseable {
    private static final Pattern USED = Pattern.compile("used (\\d+)K");
    private static final long START_MAX_NANOS = TimeUnit.SECONDS.toNanos(120);

    private final Process process;
    private final int port;
    private final Path folder;
    private final double readyMs;

    private ChildServer(Process process, int port, Path folder, double readyMs) {
        this.process = process;
        this.port = port;
        this.folder = folder;
        this.readyMs = readyMs;
    }

    /** Returns when {@code /ready} has answered 200. @param environment settings beside the usual ones */
    public static ChildServer start(Map<String, String> environment) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("bench-server");
        int port = Postgres.freePort();
        ProcessBuilder builder = new ProcessBuilder("./agent-platform", "serve", "--port", Integer.toString(port))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output.txt").toFile());
        builder.environment().put("AGENT_PLATFORM_BUILD", "off");
        builder.environment().put("AGENT_PLATFORM_DATA", folder.resolve("data").toString());
        builder.environment().put("AGENT_PLATFORM_BENCH_NODES", "true");
        builder.environment().put("LOG_LEVEL", "warn");
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        while (!isReady(port)) {
            if (!process.isAlive() || System.nanoTime() - start > START_MAX_NANOS) {
                process.destroyForcibly();
                throw new IOException("the server did not start: " + Files.readString(folder.resolve("output.txt")));
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return new ChildServer(process, port, folder, (System.nanoTime() - start) / 1e6);
    }

    private static boolean isReady(int port) throws IOException {
        try (HttpConnection connection = new HttpConnection(port)) {
            return connection.get("/ready").status() == 200;
        } catch (ConnectException notYet) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** From the start of the process to the first 200 of {@code /ready}. */
    public double readyMs() {
        return readyMs;
    }

    public double rssMb() throws IOException {
        return Processes.statusKb(process.pid(), "VmRSS") / 1_000.0;
    }

    public double cpuMs() {
        return process.info()
                .totalCpuDuration()
                .map(time -> time.toNanos() / 1e6)
                .orElse(Double.NaN);
    }

    /** What is in use of its heap after a collection, in bytes. */
    public long heapBytes() throws IOException, InterruptedException {
        jcmd("GC.run");
        String info = jcmd("GC.heap_info");
        long bytes = 0;
        // G1 has one line for the heap, the serial collector one for each generation; the classes' follow.
        for (String line : info.lines().toList()) {
            if (line.contains("Metaspace")) break;
            Matcher found = USED.matcher(line);
            if (found.find()) bytes += Long.parseLong(found.group(1)) * 1_024;
        }
        return bytes;
    }

    private String jcmd(String command) throws IOException, InterruptedException {
        Path program = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process jcmd = new ProcessBuilder(program.toString(), Long.toString(process.pid()), command)
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (jcmd.waitFor() != 0) throw new IOException("jcmd " + command + ": " + output);
        return output;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) process.destroyForcibly().waitFor();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) Files.delete(file);
        }
    }
}
