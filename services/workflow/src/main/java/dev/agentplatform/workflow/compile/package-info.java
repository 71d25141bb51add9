/**
 * From a workflow document to what the engine executes. Start reading at {@link
 * dev.agentplatform.workflow.compile.WorkflowKind}.
 */
package dev.agentplatform.workflow.compile;
