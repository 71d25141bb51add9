package dev.agentplatform.knowledge;

import dev.agentplatform.knowledge.extract.SourceType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What a document is made from. @param charset as its sender says; null when he does not */
record Source(SourceType type, byte[] content, String charset) {
    static final int BYTES_MAX = 16 * 1024 * 1024;

    static Source of(SourceType type, String text) {
        return new Source(type, text.getBytes(StandardCharsets.UTF_8), null);
    }

    /** The same bytes read as another type are another document. */
    String hash() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(type.word().getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
