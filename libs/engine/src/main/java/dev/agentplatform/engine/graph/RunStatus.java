package dev.agentplatform.engine.graph;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** The states of a run and the moves between them. */
public enum RunStatus {
    QUEUED,
    RUNNING,
    WAITING,
    COMPLETED,
    FAILED,
    CANCELLED,
    TIMED_OUT;

    public boolean ended() {
        return ordinal() >= COMPLETED.ordinal();
    }

    /** Only a retry leaves an ended state, and not that of a completed run. */
    public Set<RunStatus> next() {
        return switch (this) {
            case QUEUED -> EnumSet.of(RUNNING, WAITING, FAILED, CANCELLED, TIMED_OUT);
            case RUNNING -> EnumSet.of(WAITING, COMPLETED, FAILED, CANCELLED, TIMED_OUT);
            case WAITING -> EnumSet.of(RUNNING, COMPLETED, FAILED, CANCELLED, TIMED_OUT);
            case COMPLETED -> EnumSet.noneOf(RunStatus.class);
            case FAILED, CANCELLED, TIMED_OUT -> EnumSet.of(RUNNING);
        };
    }

    /** As the API spells it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<RunStatus> of(String word) {
        for (RunStatus status : values()) if (status.word().equals(word)) return Optional.of(status);
        return Optional.empty();
    }
}
