package dev.agentplatform.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The connection over which batches of units are written; used by one writer thread only. */
interface WriterConnection {
    /** For the judge, which begins the transaction itself. */
    Connection connection() throws SQLException;

    /**
     * Writes rows, sorted by {@link Shape#order}, into the open transaction and commits it.
     *
     * @throws CommitUnknown when the connection was lost, so that it may or may not be committed
     */
    void writeAndCommit(List<RowWrite> writes) throws SQLException;

    /** Leaves no transaction open. A connection that was lost is made anew; false when that failed. */
    boolean recover();
}
