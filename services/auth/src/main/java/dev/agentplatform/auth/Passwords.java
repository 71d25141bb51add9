package dev.agentplatform.auth;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;
import dev.agentplatform.kernel.Problem;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Hashes passwords with argon2id. Each takes tens of milliseconds of a core, so they run on a few platform threads: on
 * virtual ones they would hold every other request up.
 */
final class Passwords implements AutoCloseable {
    static final int LENGTH_MIN = 8;
    static final int LENGTH_MAX = 200;

    private static final int MEMORY_KIB = 19_456;
    private static final int PASSES = 2;
    private static final int LANES = 1;
    private static final int HASH_BYTES = 32;
    private static final int SALT_BYTES = 16;
    private static final int WAITING_MAX = 64;
    private static final int RETRY_SECONDS = 2;

    private final Argon2Function argon2 = Argon2Function.getInstance(MEMORY_KIB, PASSES, LANES, HASH_BYTES, Argon2.ID);
    private final ThreadPoolExecutor threads;
    private final String nobodys;

    Passwords() {
        int cores = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
        threads = new ThreadPoolExecutor(
                cores, cores, 10, TimeUnit.SECONDS, new ArrayBlockingQueue<>(WAITING_MAX), task -> {
                    Thread thread = new Thread(task, "password-hash");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        nobodys = "$argon2id$v=19$m=" + MEMORY_KIB + ",t=" + PASSES + ",p=" + LANES
                + "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    }

    /** In the usual text form, with its salt and its parameters. @throws Problem 503 when too many wait */
    String hash(String password) {
        return run(() ->
                Password.hash(password).addRandomSalt(SALT_BYTES).with(argon2).getResult());
    }

    /** @param hash null when there is no such user or password: takes as long, and is false */
    boolean matches(String password, String hash) {
        String against = hash == null ? nobodys : hash;
        boolean same = run(() -> Password.check(password, against).with(Argon2Function.getInstanceFromHash(against)));
        return same && hash != null;
    }

    private <T> T run(Callable<T> work) {
        Future<T> result;
        try {
            result = threads.submit(work);
        } catch (RejectedExecutionException full) {
            throw Problem.unavailable("Too many passwords are being checked; try again.", RETRY_SECONDS);
        }
        try {
            return result.get();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw Problem.unavailable("This process is stopping.", RETRY_SECONDS);
        } catch (ExecutionException failed) {
            throw new IllegalStateException("argon2id failed", failed.getCause());
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
