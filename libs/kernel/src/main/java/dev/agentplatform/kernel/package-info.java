/**
 * Values that every room speaks: ids, workspaces, JSON, problems, pages, settings, life cycles.
 *
 * <p>Nothing here does I/O. Start reading at {@link dev.agentplatform.kernel.Ids} and {@link
 * dev.agentplatform.kernel.Problem}.
 */
package dev.agentplatform.kernel;
