package dev.agentplatform.knowledge.extract;

import dev.agentplatform.kernel.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/** Reads a PDF in a process of its own, with a heap of {@value #HEAP_MEGABYTES} MB and {@value #SECONDS_MAX} seconds. */
final class PdfProcess {
    static final int HEAP_MEGABYTES = 384;
    static final int SECONDS_MAX = 120;

    /** What the virtual machine exits with when the heap is full. */
    private static final int OUT_OF_MEMORY = 3;

    private static final int LINE_LENGTH_MAX = 2 * Extracted.LENGTH_MAX;

    private PdfProcess() {}

    static Extracted read(byte[] content) throws InterruptedException {
        Process process;
        try {
            process = start();
        } catch (IOException refused) {
            throw new IllegalStateException("no process for a PDF could be started", refused);
        }
        AtomicBoolean late = new AtomicBoolean();
        Thread watch = Thread.ofVirtual().name("pdf-watch").start(() -> watch(process, late));
        Thread.ofVirtual().name("pdf-input").start(() -> send(content, process));
        try {
            Extracted extracted = gather(process);
            int status = process.waitFor();
            if (extracted != null) return extracted;
            if (late.get()) throw new Unreadable("pdf_too_slow", "Reading takes over " + SECONDS_MAX + " seconds.");
            if (status == OUT_OF_MEMORY) {
                throw new Unreadable("pdf_too_large", "Reading takes over " + HEAP_MEGABYTES + " MB of memory.");
            }
            throw new Unreadable("pdf_damaged", "The file cannot be read as PDF.");
        } finally {
            process.destroyForcibly();
            watch.interrupt();
        }
    }

    private static Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MEGABYTES + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                PdfText.class.getName()));
        // The settings of this process hold secrets.
        builder.environment().clear();
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        return builder.start();
    }

    private static void watch(Process process, AtomicBoolean late) {
        try {
            if (process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) return;
            late.set(true);
            process.destroyForcibly();
        } catch (InterruptedException done) {
            // The reader has what it wants.
        }
    }

    private static void send(byte[] content, Process process) {
        try (OutputStream to = process.getOutputStream()) {
            to.write(content);
        } catch (IOException gone) {
            // It died; its status tells.
        }
    }

    /** Null when the process stopped in the middle. */
    private static Extracted gather(Process process) {
        Extracted.Builder builder = new Extracted.Builder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line;
            while ((line = line(lines)) != null) {
                JsonNode json = Json.parse(line);
                if (json.has("error")) {
                    throw new Unreadable(
                            json.path("error").asString(), json.path("message").asString());
                }
                if (json.has("end")) {
                    builder.title(json.path("title").asString(null));
                    return builder.build();
                }
                int level = json.path("h").asInt();
                String text = json.path("t").asString("");
                if (level > 0) builder.heading(level, text, json.path("p").asInt());
                else builder.paragraph(text, json.path("p").asInt());
            }
        } catch (IOException | IllegalArgumentException cut) {
            return null;
        }
        return null;
    }

    private static String line(BufferedReader lines) throws IOException {
        StringBuilder line = new StringBuilder();
        int c;
        while ((c = lines.read()) >= 0 && c != '\n') {
            if (line.length() >= LINE_LENGTH_MAX) throw new IOException("a line without an end");
            line.append((char) c);
        }
        return c < 0 && line.isEmpty() ? null : line.toString();
    }
}
