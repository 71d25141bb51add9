package dev.agentplatform.outbound;

import dev.agentplatform.outbound.OutboundError.Code;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.apache.hc.core5.http.HttpEntity;

/** Reads bodies that may be endless, or small and unfold into something endless. */
final class BoundedBody {
    private static final int CHUNK_BYTES = 16 * 1024;

    private BoundedBody() {}

    /** @throws OutboundError {@code too_large}, also for what is read before decompression */
    static byte[] read(HttpEntity entity, int bytesMax) throws IOException {
        if (entity == null) return new byte[0];
        if (entity.getContentLength() > bytesMax) throw tooLarge(bytesMax);
        String encoding = entity.getContentEncoding() == null ? "" : entity.getContentEncoding();
        // Not closed when a limit is passed: closing would read the rest. The caller cuts the connection.
        InputStream raw = new Limited(entity.getContent(), bytesMax);
        return switch (encoding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> drain(raw, bytesMax);
            case "gzip", "x-gzip" -> unzipped(raw, bytesMax);
            default ->
                throw new OutboundError(
                        Code.PROTOCOL_ERROR, "The answer is encoded as " + encoding + ", which was not asked for.");
        };
    }

    private static byte[] unzipped(InputStream raw, int bytesMax) throws IOException {
        byte[] body = drain(new GZIPInputStream(raw, CHUNK_BYTES), bytesMax);
        // Bytes behind the last member still belong to the message.
        drain(raw, bytesMax);
        return body;
    }

    private static byte[] drain(InputStream in, int bytesMax) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] chunk = new byte[CHUNK_BYTES];
        for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
            if (n > bytesMax - out.size()) throw tooLarge(bytesMax);
            out.write(chunk, 0, n);
        }
        return out.toByteArray();
    }

    private static OutboundError tooLarge(int bytesMax) {
        return new OutboundError(Code.TOO_LARGE, "The answer is larger than " + bytesMax + " bytes.");
    }

    /** Fails instead of passing on more than the limit. */
    private static final class Limited extends FilterInputStream {
        private final int bytesMax;
        private long count;

        Limited(InputStream in, int bytesMax) {
            super(in);
            this.bytesMax = bytesMax;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            if (value >= 0) counted(1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int n = super.read(buffer, offset, length);
            if (n > 0) counted(n);
            return n;
        }

        private void counted(int n) {
            count += n;
            if (count > bytesMax) throw tooLarge(bytesMax);
        }
    }
}
