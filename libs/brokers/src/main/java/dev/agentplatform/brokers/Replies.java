package dev.agentplatform.brokers;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Method;
import com.rabbitmq.client.ShutdownSignalException;

/** What RabbitMQ and the network said, for people. */
final class Replies {
    private Replies() {}

    static String text(ShutdownSignalException signal) {
        Method reason = signal.getReason();
        return switch (reason) {
            case AMQP.Channel.Close close -> close.getReplyText();
            case AMQP.Connection.Close close -> close.getReplyText();
            case null, default -> signal.getMessage();
        };
    }

    static String cause(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) deepest = deepest.getCause();
        if (deepest instanceof ShutdownSignalException signal) return text(signal);
        String message = deepest.getMessage();
        return message == null ? deepest.getClass().getSimpleName() : message;
    }
}
