/**
 * The text of a workflow: its nodes and edges, what is wrong with them, how two versions differ, and how one
 * is written down. Everything here is pure: no database, no clock, no threads.
 *
 * <p>Start reading at {@link dev.agentplatform.workflow.dsl.WorkflowDocument}, then {@link
 * dev.agentplatform.workflow.dsl.Validation} and {@link dev.agentplatform.workflow.dsl.NodeTypes}.
 */
package dev.agentplatform.workflow.dsl;
