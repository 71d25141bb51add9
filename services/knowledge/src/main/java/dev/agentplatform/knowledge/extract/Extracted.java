package dev.agentplatform.knowledge.extract;

import java.util.ArrayList;
import java.util.List;

/** What was in a document. @param title as the document has it; null for none */
public record Extracted(String title, List<Block> blocks) {
    /** Of the texts of all blocks. */
    static final int LENGTH_MAX = 20_000_000;

    /** Gathers blocks; white space at their ends and empty ones are left out. */
    static final class Builder {
        private final List<Block> blocks = new ArrayList<>();
        private String title;
        private long length;

        void title(String found) {
            if (found != null && !found.isBlank()) title = found.strip();
        }

        void heading(int level, String text, int page) {
            String line = text.strip().replaceAll("\\s+", " ");
            if (!line.isEmpty()) add(new Block.Heading(Math.clamp(level, 1, 9), line, page));
        }

        void paragraph(String text, int page) {
            String clean = text.strip();
            if (!clean.isEmpty()) add(new Block.Paragraph(clean, page));
        }

        private void add(Block block) {
            length += block.text().length();
            if (length > LENGTH_MAX) {
                throw new Unreadable("text_too_long", "The document has more than " + LENGTH_MAX + " characters.");
            }
            blocks.add(block);
        }

        Extracted build() {
            return new Extracted(title, List.copyOf(blocks));
        }
    }
}
