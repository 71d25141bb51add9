/**
 * Real processes that are killed: an engine under load in a JVM of its own, {@code SIGKILL} at random moments,
 * and an account of what was promised, what was done and what is recorded.
 *
 * <p>Start reading at {@link dev.agentplatform.bench.crash.Crashes}.
 */
package dev.agentplatform.bench.crash;
