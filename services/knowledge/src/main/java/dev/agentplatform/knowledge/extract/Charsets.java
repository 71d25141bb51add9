package dev.agentplatform.knowledge.extract;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.util.ArrayList;
import java.util.List;

/** Bytes as text: as their mark says, as their sender says, else UTF-8, else what Chinese systems write. */
final class Charsets {
    private static final char MARK = '\uFEFF';

    private Charsets() {}

    static String decode(byte[] content, String named) {
        List<Charset> candidates = new ArrayList<>();
        if (begins(content, 0xFF, 0xFE)) candidates.add(StandardCharsets.UTF_16LE);
        if (begins(content, 0xFE, 0xFF)) candidates.add(StandardCharsets.UTF_16BE);
        if (named != null) add(candidates, named);
        candidates.add(StandardCharsets.UTF_8);
        add(candidates, "GB18030");
        for (Charset charset : candidates) {
            try {
                String text = charset.newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(content))
                        .toString();
                return text.startsWith(String.valueOf(MARK)) ? text.substring(1) : text;
            } catch (CharacterCodingException other) {
                // The next one may fit.
            }
        }
        throw new Unreadable("unknown_charset", "The bytes are no text in UTF-8, UTF-16 or GB18030.");
    }

    private static void add(List<Charset> candidates, String name) {
        try {
            candidates.add(Charset.forName(name));
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            // As if nobody had named one.
        }
    }

    private static boolean begins(byte[] content, int first, int second) {
        return content.length >= 2 && (content[0] & 0xFF) == first && (content[1] & 0xFF) == second;
    }
}
