package dev.agentplatform.tool;

/** An MCP server did not do what was asked. The message may hold words of the server, so it is masked before it is shown. */
final class McpFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** The server does not know our session any more: what was asked was not done. */
    static final String SESSION_LOST = "mcp_session_lost";

    /** What came is not what the protocol says. */
    static final String INVALID_ANSWER = "invalid_answer";

    private final String code;
    private final boolean retryable;

    McpFailure(String code, String message, boolean retryable) {
        super(message, null, false, false);
        this.code = code;
        this.retryable = retryable;
    }

    static McpFailure invalid(String message) {
        return new McpFailure(INVALID_ANSWER, message, false);
    }

    String code() {
        return code;
    }

    boolean retryable() {
        return retryable;
    }
}
