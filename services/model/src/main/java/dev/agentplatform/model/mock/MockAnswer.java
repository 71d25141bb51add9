package dev.agentplatform.model.mock;

import dev.agentplatform.model.upstream.Cancel;
import dev.agentplatform.model.upstream.Patience;
import dev.agentplatform.model.upstream.UpstreamAnswer;
import dev.agentplatform.model.upstream.UpstreamError;
import dev.agentplatform.model.upstream.UpstreamError.Code;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Parts that come one after the other, with the pauses and the cut that the script asks for. */
final class MockAnswer implements UpstreamAnswer {
    private final int status;
    private final Map<String, String> headers;
    private final List<byte[]> parts;
    private final MockReply reply;
    private final Cancel cancel;
    private final Patience patience;
    private int part;
    private int offset;

    MockAnswer(
            int status,
            Map<String, String> headers,
            List<byte[]> parts,
            MockReply reply,
            Cancel cancel,
            Patience patience) {
        this.status = status;
        this.headers = headers;
        this.parts = parts;
        this.reply = reply;
        this.cancel = cancel;
        this.patience = patience;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    @Override
    public boolean endsWithConnection() {
        return false;
    }

    @Override
    public int read(byte[] into) throws UpstreamError {
        if (cancel.cancelled()) throw new UpstreamError(Code.CANCELLED, "The call was given up.");
        if (part == parts.size()) return -1;
        byte[] current = parts.get(part);
        if (offset == 0) {
            if (reply.cutAfterChunks() >= 0 && part >= reply.cutAfterChunks())
                throw new UpstreamError(Code.CUT, "The provider cut the connection.");
            if (part > 0) MockProvider.pause(reply.chunkLatencyMillis(), patience, cancel);
        }
        int n = Math.min(into.length, current.length - offset);
        System.arraycopy(current, offset, into, 0, n);
        offset += n;
        if (offset == current.length) {
            part++;
            offset = 0;
        }
        return n;
    }

    @Override
    public void close() {
        cancel.cutting(null);
    }
}
