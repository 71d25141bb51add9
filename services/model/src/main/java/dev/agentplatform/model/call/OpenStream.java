package dev.agentplatform.model.call;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.model.upstream.UpstreamAnswer;
import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.upstream.UpstreamError.Code;
import dev.agentplatform.model.wire.WireError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A stream whose first bytes are here. Whoever has it must {@link #pump} or {@link #close} it. */
public final class OpenStream implements AutoCloseable {
    static final int BUFFER_BYTES = 8 * 1024;
    private static final long STREAM_BYTES_MAX = 256L * 1024 * 1024;

    private final Calls calls;
    private final Ask ask;
    private final Candidate candidate;
    private final UpstreamAnswer answer;
    private final Relay relay;
    private final byte[] buffer;
    private final int first;
    private final long startedNanos;
    private boolean closed;

    OpenStream(
            Calls calls,
            Ask ask,
            Candidate candidate,
            UpstreamAnswer answer,
            byte[] buffer,
            int first,
            long startedNanos) {
        this.calls = calls;
        this.ask = ask;
        this.candidate = candidate;
        this.answer = answer;
        this.buffer = buffer;
        this.first = first;
        this.startedNanos = startedNanos;
        this.relay = candidate
                .wire()
                .<Relay>map(wire -> new Relay.Translated(
                        wire.stream(candidate.target(), candidate.translated(ask)),
                        ask.wantsUsage(),
                        calls.createdSeconds()))
                .orElseGet(() -> new Relay.Plain(!ask.wantsUsage()));
    }

    /**
     * Writes the stream as it comes, until its end. A fault of the provider becomes an event with OpenAI's error, after
     * which the stream ends without its mark.
     *
     * @throws IOException when the reader is gone
     */
    public void pump(OutputStream out) throws IOException {
        String status = "ok";
        String code = null;
        try {
            relayAll(out);
        } catch (UpstreamError failed) {
            ModelError error = Failed.of(candidate.provider(), failed).error();
            code = error.error().code();
            status = failed.code() == Code.CANCELLED ? "cancelled" : "failed";
            if (failed.code() == Code.CANCELLED) throw new IOException("the client is gone");
            tell(out, error.body());
        } catch (WireError refused) {
            status = "failed";
            code = refused.code();
            tell(out, ModelError.of(refused, 0, false).body());
        } catch (IOException gone) {
            status = "cancelled";
            throw gone;
        } finally {
            end(status, code);
        }
    }

    private void relayAll(OutputStream out) throws IOException, UpstreamError {
        long total = 0;
        for (int n = first; n >= 0; n = answer.read(buffer)) {
            total += n;
            if (total > STREAM_BYTES_MAX)
                throw new UpstreamError(
                        Code.TOO_LARGE, "The provider's stream is larger than " + STREAM_BYTES_MAX + " bytes.");
            relay.accept(buffer, n, out);
        }
        relay.end(!answer.endsWithConnection(), out);
    }

    /** A line may have been left unfinished. */
    private static void tell(OutputStream out, byte[] error) throws IOException {
        out.write("\n\ndata: ".getBytes(StandardCharsets.US_ASCII));
        out.write(Json.write(Json.parse(new String(error, StandardCharsets.UTF_8)))
                .getBytes(StandardCharsets.UTF_8));
        out.write("\n\n".getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private void end(String status, String code) {
        if (closed) return;
        closed = true;
        answer.close();
        candidate.gate().leave();
        calls.used(ask, candidate, status, code, relay.tokens(ask), startedNanos);
    }

    /** Gives up what was not pumped. */
    @Override
    public void close() {
        end("cancelled", null);
    }
}
