package dev.agentplatform.events;

import java.util.List;

/** Takes events to the targets of one kind. Called from many threads at once. */
public interface Sender {
    /** Of {@link Subscription#kind}. */
    String kind();

    /** How many events one call may take for this subscription. */
    default int batchMax(Subscription subscription) {
        return 1;
    }

    /**
     * Returns when the target has confirmed all of them; it may get one more than once.
     *
     * @param events in order, oldest first
     * @throws NotSent when it did not confirm
     */
    void send(Subscription subscription, List<Event> events) throws NotSent, InterruptedException;

    /** What the target said, for people; it must hold no secret. */
    final class NotSent extends Exception {
        private static final long serialVersionUID = 1L;
        private static final int MESSAGE_MAX = 500;

        public NotSent(String message) {
            super(message.length() > MESSAGE_MAX ? message.substring(0, MESSAGE_MAX) : message, null, false, false);
        }
    }
}
