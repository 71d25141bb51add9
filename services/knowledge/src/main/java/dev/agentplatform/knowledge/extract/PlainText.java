package dev.agentplatform.knowledge.extract;

/** Paragraphs are parted by empty lines. */
final class PlainText {
    private PlainText() {}

    static Extracted read(String text) {
        Extracted.Builder builder = new Extracted.Builder();
        paragraphs(text, 0, builder);
        return builder.build();
    }

    static void paragraphs(String text, int page, Extracted.Builder builder) {
        StringBuilder paragraph = new StringBuilder();
        for (String line : (Iterable<String>) text.lines()::iterator) {
            if (line.isBlank()) {
                builder.paragraph(paragraph.toString(), page);
                paragraph.setLength(0);
            } else {
                paragraph.append(line.stripTrailing()).append('\n');
            }
        }
        builder.paragraph(paragraph.toString(), page);
    }
}
