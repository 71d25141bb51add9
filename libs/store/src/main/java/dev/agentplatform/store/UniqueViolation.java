package dev.agentplatform.store;

import java.sql.SQLException;

/** A row with that key exists already. The transaction was rolled back. */
public final class UniqueViolation extends DatabaseFailure {
    private static final long serialVersionUID = 1L;

    UniqueViolation(SQLException cause) {
        super(cause);
    }
}
