package dev.agentplatform.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * Decides, inside the transaction of a batch, which units may be written. The queue implements it:
 * only there is it known what a fence is.
 *
 * @param <U> unit of work
 * @param <R> receipt given to the submitter of a unit that passed, once it is durable
 */
public interface Judge<U, R> {
    /**
     * Begins the transaction ({@link Dialect#begin}, joined with the locking reads in one statement on
     * PostgreSQL), locks what the units name, judges them in order of arrival.
     *
     * <p>Called on the writer's thread; must do SQL only. May be called again with fewer units when the
     * batch failed for another reason.
     */
    Judgement<R> judge(Connection connection, Dialect dialect, List<U> units) throws SQLException;

    /** After the commit of a judged batch; not called after a rollback. On the writer's thread. */
    default void committed() {}

    /** After the rollback of a judged batch: forget what {@link #judge} assumed. */
    default void rolledBack() {}

    /** {@code verdicts} has one entry per unit, in their order; {@code writes} are those of the passed ones. */
    record Judgement<R>(List<RowWrite> writes, List<Verdict<R>> verdicts) {}

    sealed interface Verdict<R> {
        record Passed<R>(R receipt) implements Verdict<R> {}

        /** The unit fails alone; the exception is thrown at its submitter. */
        record Refused<R>(RuntimeException reason) implements Verdict<R> {}
    }
}
