package dev.agentplatform.engine.graph;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The states of a step and the moves between them, as one declared table. */
public enum StepStatus {
    QUEUED,
    RUNNING,
    /** Blocked on a person, a child, a signal or a time. */
    PENDING,
    COMPLETED,
    FAILED,
    SKIPPED,
    CANCELLED;

    private static final Map<StepStatus, Set<StepStatus>> MOVES = new EnumMap<>(StepStatus.class);

    static {
        MOVES.put(QUEUED, EnumSet.of(RUNNING, COMPLETED, FAILED, CANCELLED));
        MOVES.put(RUNNING, EnumSet.of(PENDING, QUEUED, COMPLETED, FAILED, CANCELLED));
        MOVES.put(PENDING, EnumSet.of(RUNNING, COMPLETED, FAILED, CANCELLED));
        MOVES.put(COMPLETED, EnumSet.noneOf(StepStatus.class));
        MOVES.put(FAILED, EnumSet.noneOf(StepStatus.class));
        MOVES.put(SKIPPED, EnumSet.noneOf(StepStatus.class));
        MOVES.put(CANCELLED, EnumSet.noneOf(StepStatus.class));
    }

    public boolean open() {
        return !MOVES.get(this).isEmpty();
    }

    public boolean mayBecome(StepStatus next) {
        return MOVES.get(this).contains(next);
    }

    public Set<StepStatus> next() {
        return Set.copyOf(MOVES.get(this));
    }

    /** As the API spells it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<StepStatus> of(String word) {
        for (StepStatus status : values()) if (status.word().equals(word)) return Optional.of(status);
        return Optional.empty();
    }
}
