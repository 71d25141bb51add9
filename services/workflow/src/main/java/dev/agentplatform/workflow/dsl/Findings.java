package dev.agentplatform.workflow.dsl;

import java.util.List;

/** What validation found: faults refuse a version that is to be published, warnings never do. */
public record Findings(List<Fault> faults, List<Fault> warnings) {
    public boolean valid() {
        return faults.isEmpty();
    }

    /** The faults for which even a draft is refused. */
    public List<Fault> draftFaults() {
        return faults.stream().filter(Fault::refusesDraft).toList();
    }
}
