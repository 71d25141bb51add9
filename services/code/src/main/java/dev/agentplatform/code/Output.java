package dev.agentplatform.code;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What code prints: the first bytes are kept, the rest is read and dropped. */
final class Output {
    private final int bytesMax;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private boolean truncated;

    Output(int bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Reads to the end, which is when the last process that could print is gone. */
    void readAll(InputStream stream) {
        byte[] buffer = new byte[16_384];
        try {
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) add(buffer, count);
        } catch (IOException closed) {
            // The process was killed; what it printed before counts.
        }
    }

    private synchronized void add(byte[] bytes, int count) {
        int room = Math.min(count, bytesMax - kept.size());
        kept.write(bytes, 0, room);
        truncated |= room < count;
    }

    synchronized boolean truncated() {
        return truncated;
    }

    /** As text; a character that the limit cut in two is left out. */
    synchronized String text() {
        byte[] bytes = kept.toByteArray();
        int length = bytes.length;
        if (truncated) {
            int start = length;
            while (start > 0 && length - start < 4 && (bytes[start - 1] & 0xC0) == 0x80) start--;
            if (start > 0 && (bytes[start - 1] & 0x80) != 0 && length - start + 1 < lengthOf(bytes[start - 1])) {
                length = start - 1;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }

    private static int lengthOf(byte first) {
        if ((first & 0xE0) == 0xC0) return 2;
        if ((first & 0xF0) == 0xE0) return 3;
        return (first & 0xF8) == 0xF0 ? 4 : 1;
    }
}
