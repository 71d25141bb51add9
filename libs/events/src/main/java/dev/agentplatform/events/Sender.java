package dev.agentplatform.events;

import java.util.List;
import java.util.function.Predicate;

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

        private final boolean away;
        private final transient Predicate<Event> unsent;

        /** None was confirmed. */
        public NotSent(String message) {
            this(message, false, event -> true);
        }

        private NotSent(String message, boolean away, Predicate<Event> unsent) {
            super(message.length() > MESSAGE_MAX ? message.substring(0, MESSAGE_MAX) : message, null, false, false);
            this.away = away;
            this.unsent = unsent;
        }

        /** The target cannot be reached, whatever is sent to it: no event is to blame. */
        public static NotSent away(String message) {
            return new NotSent(message, true, event -> true);
        }

        /** @param unsent those that were not confirmed; the others were */
        public static NotSent some(String message, Predicate<Event> unsent) {
            return new NotSent(message, false, unsent);
        }

        public boolean away() {
            return away;
        }

        /** Whether this event of the call was not confirmed. */
        public boolean unsent(Event event) {
            return unsent.test(event);
        }
    }
}
