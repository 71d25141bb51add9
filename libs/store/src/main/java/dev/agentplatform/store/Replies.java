package dev.agentplatform.store;

import dev.agentplatform.kernel.Problem;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How results and failures come from the threads of the database to their callers. */
final class Replies {
    private static final Logger LOG = LoggerFactory.getLogger(Replies.class);
    private static final int RETRY_AFTER_SECONDS = 1;

    private Replies() {}

    /** Waits, whatever interrupts come; an interrupt stays set for the caller. */
    static <T> T await(CompletableFuture<T> reply) {
        try {
            return reply.join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof RuntimeException reason) throw reason;
            if (failure.getCause() instanceof Error fault) throw fault;
            throw failure;
        }
    }

    /**
     * Runs a call into the PostgreSQL driver where no interrupt can reach it: an interrupt of a virtual
     * thread that reads from a socket closes the socket.
     */
    static <T> T undisturbed(Callable<T> call) {
        CompletableFuture<T> reply = new CompletableFuture<>();
        Thread.startVirtualThread(() -> answer(reply, call));
        return await(reply);
    }

    static <T> void answer(CompletableFuture<T> reply, Callable<T> call) {
        try {
            reply.complete(call.call());
        } catch (Throwable failure) {
            reply.completeExceptionally(failure);
        }
    }

    /** What a caller gets to see of a failure. */
    static Throwable reason(Dialect dialect, Throwable failure) {
        return failure instanceof SQLException sql ? reason(dialect, sql) : failure;
    }

    static RuntimeException reason(Dialect dialect, SQLException failure) {
        if (dialect.isUniqueViolation(failure)) return new UniqueViolation(failure);
        if (!dialect.isUnavailable(failure)) return new DatabaseFailure(failure);
        LOG.warn("the database is not available: {}", failure.getMessage());
        return Problem.unavailable("The database is not available at the moment.", RETRY_AFTER_SECONDS);
    }
}
