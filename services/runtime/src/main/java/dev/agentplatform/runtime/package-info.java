/**
 * Runs of workflows over HTTP: start, watch, drive by hand, cancel, retry.
 *
 * <p>Everything that decides lives in the engine; this room parses, checks and renders. Start reading at
 * {@link dev.agentplatform.runtime.RunRoutes}.
 */
package dev.agentplatform.runtime;
