/**
 * Workflows as they are written, checked, published and exchanged; how they run is the business of the runtime room.
 * Start reading at {@link dev.agentplatform.workflow.Workflows}; the paths stand in
 * {@link dev.agentplatform.workflow.WorkflowRoutes} and {@link dev.agentplatform.workflow.AppRoutes}.
 */
package dev.agentplatform.workflow;
