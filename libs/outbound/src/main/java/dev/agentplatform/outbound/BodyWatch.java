package dev.agentplatform.outbound;

/**
 * Looks at the body of an answer while it comes, for servers that leave it open behind what was wanted, as streams of
 * events are. Called by one thread.
 */
@FunctionalInterface
public interface BodyWatch {
    /** Reads every body to its end. */
    BodyWatch TO_THE_END = (contentType, bytes, length) -> false;

    /**
     * @param contentType as it was sent; empty when none was
     * @param bytes the next part of the body, decompressed: the first {@code length} of them
     * @return whether the rest is not needed: the connection is closed then
     */
    boolean enough(String contentType, byte[] bytes, int length);
}
