package dev.agentplatform.human;

import dev.agentplatform.store.Sql;
import dev.agentplatform.web.Principal;
import java.sql.SQLException;

/** A room that asks people itself, by tasks of a type of its own, and acts on their answers. */
public interface Asker {
    /**
     * Before an answer is taken.
     *
     * @param by who answers, as far as somebody says; may be null
     * @throws dev.agentplatform.kernel.Problem when it is not for this caller to give
     */
    void check(HumanTask task, Principal caller, String by);

    /** In the transaction that stores the answer; {@code task} is as it was before. SQL only. */
    void answered(Sql sql, HumanTask task, HumanTasks.Decision decision) throws SQLException;

    /** After the commit. */
    void settled(HumanTask task);
}
