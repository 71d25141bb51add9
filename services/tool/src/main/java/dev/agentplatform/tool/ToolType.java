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
    /** Known, and not available in this version. */
    MCP,
    /** Known, and not available in this version. */
    AGENT;

    /** As the API and the database spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public boolean available() {
        return this != MCP && this != AGENT;
    }

    static Optional<ToolType> of(String word) {
        return Arrays.stream(values()).filter(type -> type.word().equals(word)).findFirst();
    }
}
