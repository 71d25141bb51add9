package dev.agentplatform.queue;

/** A unit that was judged unfit under the locked task row. Nothing of it was written. */
public final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public enum Reason {
        /** Epoch or seq is stale, or this process was declared dead: the writer is not the owner any more. */
        FENCED,
        /** Mail arrived that an ending or releasing owner has not read. */
        MAIL,
        /** The actor to wake has ended. */
        ENDED
    }

    private final Reason reason;
    private final long wakes;

    public Refused(Reason reason, long wakes) {
        super(reason.name(), null, false, false);
        this.reason = reason;
        this.wakes = wakes;
    }

    public Reason reason() {
        return reason;
    }

    /** For {@link Reason#MAIL}: how many wakes the task has had. */
    public long wakes() {
        return wakes;
    }
}
