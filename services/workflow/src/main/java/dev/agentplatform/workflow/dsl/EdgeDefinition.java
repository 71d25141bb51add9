package dev.agentplatform.workflow.dsl;

/** One edge as it is written. {@code condition} is null for an edge that is always taken. */
public record EdgeDefinition(String source, String target, String condition) {
    /** How people and faults name the edge. */
    public String title() {
        return source + " -> " + target;
    }
}
