package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.upstream.UpstreamError.Code;
import dev.agentplatform.model.wire.WireStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** Hands the bytes of a stream on, and knows at the end what it used. */
sealed interface Relay {
    void accept(byte[] bytes, int length, OutputStream out) throws UpstreamError, IOException;

    /** @param toldEnd true when the provider told that the body is whole */
    void end(boolean toldEnd, OutputStream out) throws UpstreamError, IOException;

    Tokens tokens(Ask ask);

    byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);

    private static UpstreamError cut() {
        return new UpstreamError(Code.CUT, "The provider's stream ended before its end was told.");
    }

    /** Bytes as they are. Only the end is remembered: usage stands in the last event but one. */
    final class Plain implements Relay {
        private static final int TAIL_BYTES = 2_048;
        private static final byte[] MARK = "[DONE]".getBytes(StandardCharsets.US_ASCII);

        private final boolean counts;
        private byte[] tail = new byte[0];
        private long events;
        private boolean lineEmpty = true;

        /** @param counts whether events are counted because the provider will tell no usage */
        Plain(boolean counts) {
            this.counts = counts;
        }

        @Override
        public void accept(byte[] bytes, int length, OutputStream out) throws IOException {
            out.write(bytes, 0, length);
            out.flush();
            remember(bytes, length);
            if (counts) count(bytes, length);
        }

        private void remember(byte[] bytes, int length) {
            if (length >= TAIL_BYTES) {
                tail = Arrays.copyOfRange(bytes, length - TAIL_BYTES, length);
                return;
            }
            int kept = Math.min(tail.length, TAIL_BYTES - length);
            byte[] next = kept + length == tail.length ? tail : new byte[kept + length];
            System.arraycopy(tail, tail.length - kept, next, 0, kept);
            System.arraycopy(bytes, 0, next, kept, length);
            tail = next;
        }

        private void count(byte[] bytes, int length) {
            for (int i = 0; i < length; i++) {
                if (bytes[i] == '\n') {
                    if (!lineEmpty) events++;
                    lineEmpty = true;
                } else if (bytes[i] != '\r') {
                    lineEmpty = false;
                }
            }
        }

        @Override
        public void end(boolean toldEnd, OutputStream out) throws UpstreamError {
            if (toldEnd) return;
            String text = new String(tail, StandardCharsets.ISO_8859_1);
            if (!text.contains(new String(MARK, StandardCharsets.ISO_8859_1))) throw cut();
        }

        @Override
        public Tokens tokens(Ask ask) {
            Tokens told = Tokens.find(tail, tail.length);
            if (told != null) return told;
            long prompt = ask.sent() == null ? 0 : ask.sent().length;
            return Tokens.estimate(prompt, Math.max(0, events - 2));
        }
    }

    /** Events of another format, told in OpenAI's. */
    final class Translated implements Relay {
        private final WireStream wire;
        private final boolean wantsUsage;
        private final EventBytes reader = new EventBytes(this::event);
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream(1_024);
        private final long createdSeconds;
        private Tokens tokens = Tokens.NONE;

        /** @param createdSeconds stands in each chunk; a wire has no clock */
        Translated(WireStream wire, boolean wantsUsage, long createdSeconds) {
            this.wire = wire;
            this.wantsUsage = wantsUsage;
            this.createdSeconds = createdSeconds;
        }

        private void event(String name, String data) throws IOException {
            for (ObjectNode chunk : wire.event(name, data)) {
                chunk.put("created", createdSeconds);
                boolean usage = chunk.path("usage").isObject();
                if (usage)
                    tokens = new Tokens(
                            chunk.path("usage").path("prompt_tokens").asLong(0),
                            chunk.path("usage").path("completion_tokens").asLong(0),
                            false);
                if (usage && !wantsUsage) {
                    if (chunk.path("choices").isEmpty()) continue;
                    chunk.remove("usage");
                }
                pending.write("data: ".getBytes(StandardCharsets.US_ASCII));
                pending.write(Json.write(chunk).getBytes(StandardCharsets.UTF_8));
                pending.write("\n\n".getBytes(StandardCharsets.US_ASCII));
            }
        }

        @Override
        public void accept(byte[] bytes, int length, OutputStream out) throws UpstreamError, IOException {
            try {
                reader.feed(bytes, 0, length);
            } catch (EventBytes.TooLarge large) {
                throw new UpstreamError(Code.TOO_LARGE, large.getMessage());
            } catch (JacksonException malformed) {
                throw new UpstreamError(Code.PROTOCOL_ERROR, "The provider's stream holds JSON that cannot be read.");
            } finally {
                // What came before a fault is the client's.
                if (pending.size() > 0) {
                    pending.writeTo(out);
                    out.flush();
                    pending.reset();
                }
            }
        }

        @Override
        public void end(boolean toldEnd, OutputStream out) throws UpstreamError, IOException {
            if (!wire.finished()) throw cut();
            out.write(DONE);
            out.flush();
        }

        @Override
        public Tokens tokens(Ask ask) {
            return tokens;
        }
    }
}
