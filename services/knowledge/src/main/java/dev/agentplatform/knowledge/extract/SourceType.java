package dev.agentplatform.knowledge.extract;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The formats of documents. */
public enum SourceType {
    TEXT,
    MARKDOWN,
    HTML,
    PDF,
    DOCX;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Its bytes are a text in some charset. */
    public boolean isText() {
        return this == TEXT || this == MARKDOWN || this == HTML;
    }

    public static Optional<SourceType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }

    /** What a server says that it sent; empty when that is none of ours. */
    public static Optional<SourceType> ofMediaType(String type) {
        return switch (type) {
            case "text/html", "application/xhtml+xml" -> Optional.of(HTML);
            case "text/markdown", "text/x-markdown" -> Optional.of(MARKDOWN);
            case "application/pdf" -> Optional.of(PDF);
            case "application/vnd.openxmlformats-officedocument.wordprocessingml.document" -> Optional.of(DOCX);
            case "text/plain", "text/csv", "application/json", "text/xml", "application/xml" -> Optional.of(TEXT);
            default -> Optional.empty();
        };
    }
}
