package dev.agentplatform.knowledge.extract;

/** A piece of a document, in its order. Pages count from 1; 0 when the format has none. */
public sealed interface Block {
    String text();

    int page();

    /** @param level 1 is the highest */
    record Heading(int level, String text, int page) implements Block {}

    /** Lines of one paragraph stand on lines of their own. */
    record Paragraph(String text, int page) implements Block {}
}
