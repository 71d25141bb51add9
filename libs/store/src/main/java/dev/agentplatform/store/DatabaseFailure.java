package dev.agentplatform.store;

import java.sql.SQLException;

/** A statement failed for a reason that is the program's fault or a broken constraint. Nothing was written. */
public sealed class DatabaseFailure extends RuntimeException permits UniqueViolation {
    private static final long serialVersionUID = 1L;

    DatabaseFailure(SQLException cause) {
        super(cause.getMessage(), cause);
    }
}
