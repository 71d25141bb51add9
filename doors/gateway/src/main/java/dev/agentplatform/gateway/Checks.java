package dev.agentplatform.gateway;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs checks side by side, each on a virtual thread of its own, under one time limit. */
final class Checks {
    static final Duration LIMIT = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(Checks.class);

    /** {@code error} is a word for the public; the log has the cause. */
    record Result(Check check, Optional<String> error, double latencyMillis) {
        String name() {
            return check.name();
        }

        boolean required() {
            return check.required();
        }

        boolean ok() {
            return error.isEmpty();
        }
    }

    private record Running(Check check, FutureTask<Long> task) {}

    private Checks() {}

    static List<Result> run(List<Check> checks, Duration limit) {
        long started = System.nanoTime();
        List<Running> running = checks.stream().map(Checks::start).toList();
        return running.stream()
                .map(one -> result(one, limit.toNanos() - (System.nanoTime() - started), limit))
                .toList();
    }

    private static Running start(Check check) {
        FutureTask<Long> task = new FutureTask<>(() -> {
            long began = System.nanoTime();
            check.probe().run();
            return System.nanoTime() - began;
        });
        Thread.ofVirtual().name("check-" + check.name()).start(task);
        return new Running(check, task);
    }

    private static Result result(Running running, long leftNanos, Duration limit) {
        Check check = running.check();
        String name = check.name();
        try {
            long nanos = running.task().get(Math.max(0, leftNanos), TimeUnit.NANOSECONDS);
            return new Result(check, Optional.empty(), nanos / 1_000 / 1_000.0);
        } catch (TimeoutException late) {
            LOG.warn("the check of {} took longer than {} ms", name, limit.toMillis());
            return new Result(check, Optional.of("timeout"), limit.toMillis());
        } catch (ExecutionException failed) {
            LOG.warn("the check of {} failed", name, failed.getCause());
            // Messages of drivers may name hosts and users, and this is open to everybody.
            return new Result(check, Optional.of(failed.getCause().getClass().getSimpleName()), 0);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return new Result(check, Optional.of("interrupted"), 0);
        }
    }
}
