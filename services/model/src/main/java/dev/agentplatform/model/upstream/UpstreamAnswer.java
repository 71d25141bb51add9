package dev.agentplatform.model.upstream;

import java.util.Optional;

/** An answer whose head is here and whose body comes. It belongs to one thread. */
public interface UpstreamAnswer extends AutoCloseable {
    int status();

    /** The value of a header, asked for in lower case. */
    Optional<String> header(String name);

    /** Waits for at least one byte, then gives as many as are there; -1 at the end of a complete body. */
    int read(byte[] into) throws UpstreamError;

    /** True when only the end of the connection ends the body, so that a cut cannot be told from an end. */
    boolean endsWithConnection();

    /** Keeps the connection when the body was read to its end, and cuts it otherwise. */
    @Override
    void close();
}
