package dev.agentplatform.tool;

import java.time.Duration;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A way to one MCP server, over HTTP or to a process. For all threads. */
sealed interface McpTransport extends AutoCloseable permits McpHttp, McpProcess {
    /**
     * Sends a request and waits for its result.
     *
     * @param bytesMax size of the answer
     * @throws McpFailure also when the server answers with an error
     */
    JsonNode request(String method, ObjectNode params, Duration limit, int bytesMax)
            throws McpFailure, InterruptedException;

    /** Tells the server something it does not answer. */
    void inform(String method, ObjectNode params) throws McpFailure, InterruptedException;

    /** From now on both speak this version of the protocol. */
    void negotiated(String version);

    /** False when it can be used no more. */
    boolean open();

    @Override
    void close();
}
