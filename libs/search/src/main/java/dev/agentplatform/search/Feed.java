package dev.agentplatform.search;

import java.util.List;
import java.util.UUID;

/**
 * Where an index gets its texts from: a table whose changes are numbered. A writer keeps others from taking a number
 * until it has committed, so whoever sees a number sees every change below it.
 */
public interface Feed {
    /** How far the table is. @param floorNo deletions up to here are forgotten */
    record State(long changeNo, long floorNo) {
        /** Nothing was ever written. */
        public static final State NEW = new State(0, 0);
    }

    /** A text as a change left it. Each change writes at most one. */
    record Change(long changeNo, TextIndex.Document document) {}

    /** A deletion. One change may delete many. */
    record Gone(long changeNo, UUID id) {}

    State state();

    /** What was written after a change, in the order of the changes. */
    List<Change> changed(long after, int limit);

    /** What was deleted after a place in the order, which is the change and then the id. */
    List<Gone> gone(Gone after, int limit);
}
