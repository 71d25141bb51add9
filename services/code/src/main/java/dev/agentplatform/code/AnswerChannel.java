package dev.agentplatform.code;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * The line on which an interpreter says that it is ready, and the one with the answer. The code can write here too: what
 * comes is judged, never trusted.
 */
final class AnswerChannel {
    private static final String READY = "ready";
    private static final int REPORT_BYTES = 4_096;
    private static final int ENVELOPE_BYTES = 32 * 1024;

    /** Completed with what was said instead when the interpreter did not come up; empty when it did. */
    final CompletableFuture<String> ready = new CompletableFuture<>();

    final CompletableFuture<Line> answer = new CompletableFuture<>();

    /** @param whole false when the stream ended before the line did */
    record Line(byte[] bytes, boolean whole, boolean tooLong) {}

    void readAll(InputStream stream) {
        try (InputStream in = new BufferedInputStream(stream, 16_384)) {
            Line first = line(in, REPORT_BYTES);
            String said = new String(first.bytes(), StandardCharsets.UTF_8);
            if (!first.whole() || !said.equals(READY)) {
                Line rest = line(in, REPORT_BYTES);
                ready.complete((said + " " + new String(rest.bytes(), StandardCharsets.UTF_8)).strip() + ".");
                return;
            }
            ready.complete("");
            answer.complete(line(in, Limits.RESULT_BYTES + ENVELOPE_BYTES));
        } catch (IOException closed) {
            // Killed; completed below.
        } finally {
            ready.complete("It ended before it was ready.");
            answer.complete(new Line(new byte[0], false, false));
        }
    }

    private static Line line(InputStream in, int bytesMax) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int one = in.read(); one >= 0; one = in.read()) {
            if (one == '\n') return new Line(bytes.toByteArray(), true, false);
            if (bytes.size() == bytesMax) return new Line(bytes.toByteArray(), false, true);
            bytes.write(one);
        }
        return new Line(bytes.toByteArray(), false, false);
    }
}
