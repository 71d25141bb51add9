package dev.agentplatform.code;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One interpreter in its isolation, for one job. */
final class Sandbox implements AutoCloseable {
    private static final Duration START_MAX = Duration.ofSeconds(20);
    private static final Duration END_MAX = Duration.ofSeconds(5);

    private final Process process;
    private final boolean closed;
    private final AnswerChannel channel = new AnswerChannel();
    private final Output output = new Output(Limits.OUTPUT_BYTES);
    private final Thread outputReader;
    private volatile boolean overMemory;

    /** What is known when the job has ended, one way or another. */
    record End(
            AnswerChannel.Line line, boolean timeUp, boolean overMemory, int exit, String output, boolean truncated) {
        End withOutput(String other) {
            return new End(line, timeUp, overMemory, exit, other, truncated);
        }
    }

    /** The interpreter did not come up. */
    static final class StartFailed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StartFailed(String message) {
            super(message);
        }
    }

    /**
     * @param process with the channels of {@link SandboxCommand}
     * @param closed whether what is inside dies with it; if not, its children have to be found
     */
    Sandbox(Process process, boolean closed) {
        this.process = process;
        this.closed = closed;
        // Reading a pipe blocks a thread of the system: virtual ones would have no use.
        Thread.ofPlatform()
                .name("sandbox-answer-", process.pid())
                .daemon()
                .start(() -> channel.readAll(process.getErrorStream()));
        outputReader = Thread.ofPlatform()
                .name("sandbox-output-", process.pid())
                .daemon()
                .start(() -> output.readAll(process.getInputStream()));
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** @throws StartFailed with what the host said */
    void awaitReady() throws InterruptedException {
        String said;
        try {
            said = channel.ready.get(START_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            said = "It was not ready after " + START_MAX.toSeconds() + " s.";
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        if (!said.isEmpty()) throw new StartFailed(said);
    }

    /** Hands the job over and waits for its end. Whatever it started is killed when this returns. */
    End run(String code, String input, Duration timeout) throws InterruptedException {
        try {
            hand(code.getBytes(StandardCharsets.UTF_8), input.getBytes(StandardCharsets.UTF_8));
            AnswerChannel.Line line = null;
            try {
                line = channel.answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException timeUp) {
                // line stays null
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            }
            int exit = line == null || line.whole() ? 0 : exit();
            close();
            if (!outputReader.join(END_MAX)) closeOutput();
            return new End(line, line == null, overMemory, exit, output.text(), output.truncated());
        } finally {
            close();
        }
    }

    /** It reads the whole job before any of it runs, so that this never waits for the code. */
    private void hand(byte[] code, byte[] input) {
        try (OutputStream stream = process.getOutputStream()) {
            stream.write((code.length + " " + input.length + "\n").getBytes(StandardCharsets.US_ASCII));
            stream.write(code);
            stream.write(input);
        } catch (IOException dead) {
            // Then there is no answer either, and that is what is reported.
        }
    }

    private int exit() throws InterruptedException {
        return process.waitFor(1, TimeUnit.SECONDS) ? process.exitValue() : -1;
    }

    /** Something that got away holds it. */
    private void closeOutput() {
        try {
            process.getInputStream().close();
        } catch (IOException closed) {
            // as wished
        }
    }

    void killForMemory() {
        overMemory = true;
        close();
    }

    /** Kills everything inside. */
    @Override
    public void close() {
        // Those that hid from this are what "unsafe" means.
        if (!closed) process.descendants().forEach(ProcessHandle::destroyForcibly);
        // Not process.destroyForcibly(), which would close the pipes before they are read to their ends.
        process.toHandle().destroyForcibly();
    }
}
