package dev.agentplatform.kernel;

import java.util.List;

/**
 * What went wrong, in the words of RFC 9457. The edge renders it as {@code application/problem+json}.
 *
 * <p>{@code code} is stable snake_case that clients may branch on; {@code detail} is for people and
 * must never carry a secret. It has no stack trace: it is an answer, not a fault of the program.
 */
public final class Problem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** One field that was wrong: {@code path} is dotted, list indexes included ({@code nodes.0.type}). */
    public record FieldError(String path, String message) {}

    private final int status;
    private final String code;
    private final transient List<FieldError> errors;
    private final int retryAfterSeconds;

    public Problem(int status, String code, String detail, List<FieldError> errors, int retryAfterSeconds) {
        super(detail, null, false, false);
        this.status = status;
        this.code = code;
        this.errors = List.copyOf(errors);
        this.retryAfterSeconds = retryAfterSeconds;
    }

    public Problem(int status, String code, String detail) {
        this(status, code, detail, List.of(), 0);
    }

    public static Problem malformed(String code, String detail) {
        return new Problem(400, code, detail);
    }

    /** 400 that names a query parameter or header. */
    public static Problem malformed(String code, String path, String message) {
        return new Problem(400, code, path + " " + message, List.of(new FieldError(path, message)), 0);
    }

    public static Problem unauthorized(String detail) {
        return new Problem(401, "unauthorized", detail);
    }

    public static Problem forbidden(String code, String detail) {
        return new Problem(403, code, detail);
    }

    public static Problem notFound(String what, Object id) {
        return new Problem(404, "not_found", "There is no " + what + " with id " + id + ".");
    }

    public static Problem conflict(String code, String detail) {
        return new Problem(409, code, detail);
    }

    public static Problem tooLarge(String detail) {
        return new Problem(413, "too_large", detail);
    }

    public static Problem invalid(String path, String message) {
        return invalid(List.of(new FieldError(path, message)));
    }

    public static Problem invalid(List<FieldError> errors) {
        FieldError first = errors.getFirst();
        String more = errors.size() == 1 ? "" : " (and " + (errors.size() - 1) + " more)";
        return new Problem(422, "invalid", first.path() + ": " + first.message() + more, errors, 0);
    }

    public static Problem unavailable(String detail, int retryAfterSeconds) {
        return new Problem(503, "unavailable", detail, List.of(), retryAfterSeconds);
    }

    public int status() {
        return status;
    }

    public String code() {
        return code;
    }

    public String detail() {
        return getMessage();
    }

    public List<FieldError> errors() {
        return errors;
    }

    /** Seconds for the {@code Retry-After} header; 0 means none. */
    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
