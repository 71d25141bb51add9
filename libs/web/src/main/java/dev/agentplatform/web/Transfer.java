package dev.agentplatform.web;

import java.io.IOException;
import java.io.OutputStream;

/**
 * Writes the body of an answer as its bytes come, on the request's own thread.
 *
 * <p>Nothing is sent before the first flush or a full buffer. A {@link dev.agentplatform.kernel.Problem} thrown until
 * then is answered like any other; after that the connection is cut, so that nobody takes a part for the whole.
 */
@FunctionalInterface
public interface Transfer {
    /** @throws IOException also when the client is gone: stop what feeds the answer */
    void write(OutputStream out) throws Exception;
}
