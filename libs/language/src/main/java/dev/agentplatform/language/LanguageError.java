package dev.agentplatform.language;

/** The text is not an expression or a template. The message names the place for people. */
public final class LanguageError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int position;

    /** {@code position} counts characters of the text from 0. */
    public LanguageError(String message, int position) {
        super(message, null, false, false);
        this.position = position;
    }

    /** Adds "at column 14", or line and column when the text before has several lines. */
    static LanguageError at(String source, int position, String message) {
        int end = Math.min(position, source.length());
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < end; i++) {
            if (source.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        String place = (line == 1 ? "column " : "line " + line + ", column ") + (end - lineStart + 1);
        return new LanguageError(message + " at " + place, end);
    }

    public int position() {
        return position;
    }
}
