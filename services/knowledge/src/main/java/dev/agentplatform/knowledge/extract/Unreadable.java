package dev.agentplatform.knowledge.extract;

/** A document that cannot be read, and why, for people. Trying again does not help. */
public final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String code;

    public Unreadable(String code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** Stable snake_case, for example {@code pdf_encrypted}. */
    public String code() {
        return code;
    }
}
