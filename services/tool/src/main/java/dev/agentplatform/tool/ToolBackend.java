package dev.agentplatform.tool;

/** Executes tools of a type that lives in another room: code, workflows. The app hands them in. */
@FunctionalInterface
public interface ToolBackend {
    /** @throws dev.agentplatform.kernel.Problem for what is wrong with the call itself */
    ToolResult invoke(ToolCall call) throws InterruptedException;
}
