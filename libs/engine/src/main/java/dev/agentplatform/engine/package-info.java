/**
 * Runs: who owns one, how it advances, what it leaves behind.
 *
 * <p>Start reading at {@link dev.agentplatform.engine.Engine} (submit, send, drive), then {@code RunOwner}
 * (the loop that decides and commits) and its two drivers, {@code GraphDriver} and {@code ProgramDriver}.
 * The decisions of graphs are pure and live in {@code engine.graph}.
 */
package dev.agentplatform.engine;
