package dev.agentplatform.engine;

import dev.agentplatform.engine.graph.Happening;
import dev.agentplatform.engine.graph.OpenStep;
import dev.agentplatform.engine.graph.StepStatus;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import java.util.List;

/** Applies what an executor outside says of an open step, or refuses it. */
final class HandReport {
    private final GraphDriver driver;
    private final Input.StepReport report;
    private final long now;

    HandReport(GraphDriver driver, Input.StepReport report, long now) {
        this.driver = driver;
        this.report = report;
        this.now = now;
    }

    /** @param step null when it has an outcome already: reached or passed, nothing changes */
    void apply(OpenStep step) {
        if (step == null) return;
        checkHolder(step);
        switch (report.status()) {
            case QUEUED -> {}
            case RUNNING -> running(step);
            case COMPLETED -> driver.reported(step, done());
            case FAILED -> driver.reported(step, failed());
            case CANCELLED -> driver.react(step, new Happening.Stopped(step.no()), "step.cancelled");
            case PENDING -> pending(step);
            case SKIPPED -> throw illegal(step);
        }
    }

    private void checkHolder(OpenStep step) {
        boolean running = step.status() == StepStatus.RUNNING;
        if (running && step.heldBy() == null) {
            throw Problem.conflict("lease_held", "A worker of the platform executes this node now.");
        }
        if (running && !step.heldBy().equals(report.workerKey())) {
            throw Problem.conflict("lease_held", "Worker " + step.heldBy() + " holds this node.");
        }
        boolean lost = step.status() == StepStatus.QUEUED && step.heldBy() != null;
        if (lost && report.status() != StepStatus.RUNNING && step.heldBy().equals(report.workerKey())) {
            throw Problem.conflict(
                    "lease_lost", "Worker " + step.heldBy() + " was silent too long and lost this node.");
        }
    }

    private void running(OpenStep step) {
        if (step.status() == StepStatus.PENDING) return;
        if (step.status() == StepStatus.RUNNING) driver.renewed(step, now + report.leaseMs());
        else {
            long until = now + report.leaseMs();
            driver.tellStarted();
            driver.react(step, new Happening.Started(step.no(), report.workerKey(), until, now), "step.started");
        }
    }

    private void pending(OpenStep step) {
        if (step.status() != StepStatus.RUNNING) throw illegal(step);
        driver.react(step, new Happening.Blocked(step.no(), "outside", 0, null), "step.waiting");
    }

    private Outcome done() {
        return new Outcome.Done(report.outputJson(), report.outputText(), route(), null, Json.nothing(), List.of());
    }

    private String route() {
        return report.outputJson().path("route").isString()
                ? report.outputJson().get("route").asString()
                : null;
    }

    private Outcome failed() {
        String code = report.errorCode() == null ? "failed" : report.errorCode();
        String message = report.errorMessage() == null ? "Reported as failed." : report.errorMessage();
        return new Outcome.Fail(code, message, true, report.outputJson(), Json.nothing());
    }

    private Problem illegal(OpenStep step) {
        return Problem.conflict(
                "illegal_status",
                "A node run that is " + step.status().word() + " cannot become "
                        + report.status().word() + ".");
    }
}
