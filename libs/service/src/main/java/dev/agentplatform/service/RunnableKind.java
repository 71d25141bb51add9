package dev.agentplatform.service;

import dev.agentplatform.catalog.VersionBody;
import dev.agentplatform.engine.RunRecord;
import tools.jackson.databind.node.ObjectNode;

/** A kind of definition whose versions run as programs, for example agents with runs at {@code /agents/runs}. */
public interface RunnableKind {
    DefinitionKind definitions();

    /** Whether a run that does not say so starts by itself. */
    boolean autoStart();

    /** Checks what a run is given, before it is stored. @throws dev.agentplatform.kernel.Problem 422 */
    void checkInput(VersionBody version, RunInput input);

    /** Whether executing the run for real does nothing to the outside that a dry run would avoid. */
    boolean harmless(RunRecord run);

    /** Adds what runs of this kind show beside the fields that all have. */
    void show(RunRecord run, ObjectNode shown);
}
