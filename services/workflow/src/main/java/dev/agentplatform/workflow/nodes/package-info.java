/**
 * The node types of workflows. Each class is one type: it parses its config once and is shared by all runs.
 */
package dev.agentplatform.workflow.nodes;
