package dev.agentplatform.brokers;

/** A broker answered that it does not do what was asked. */
public final class BrokerRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BrokerRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
