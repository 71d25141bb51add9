package dev.agentplatform.engine;

/** What executes runs of one kind: workflows here, agents and teams later. */
public interface RunKind {
    /** As in {@code run.kind}, for example {@code workflow}. */
    String name();

    /**
     * What the run executes. Called at each claim: cache by version id, versions never change.
     *
     * @throws dev.agentplatform.kernel.Problem when the version cannot be executed; the run then fails
     */
    Executable load(RunRecord run);
}
