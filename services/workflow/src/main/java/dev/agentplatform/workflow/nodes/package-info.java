/**
 * Node types that a workflow brings along. A type parses its config once, in {@code prepare}; what that
 * gives is shared by all runs of the version.
 */
package dev.agentplatform.workflow.nodes;
