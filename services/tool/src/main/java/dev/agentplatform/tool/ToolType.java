package dev.agentplatform.tool;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What executes a tool. */
public enum ToolType {
    HTTP,
    BUILTIN,
    CODE,
    WORKFLOW,
    /** A tool of an MCP server. */
    MCP,
    AGENT;

    /** As the API and the database spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether a call is a run of its own, which holds nothing while it is waited for. */
    public boolean isRun() {
        return this == WORKFLOW || this == AGENT;
    }

    static Optional<ToolType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }
}
