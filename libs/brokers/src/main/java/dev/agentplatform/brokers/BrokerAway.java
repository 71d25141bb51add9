package dev.agentplatform.brokers;

/**
 * A broker cannot be reached, or did not answer in time: nothing is known about what was asked of it. The message names
 * no password.
 */
public final class BrokerAway extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerAway(String message, Throwable cause) {
        super(message, cause);
    }
}
