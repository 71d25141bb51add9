package dev.agentplatform.language;

/** The expression is well formed but has no value for this scope, or its value is beyond the limits. */
public final class EvaluationError extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public EvaluationError(String message) {
        super(message, null, false, false);
    }
}
