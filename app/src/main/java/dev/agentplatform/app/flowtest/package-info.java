/**
 * Tests of workflows with mocked steps. The real engine runs each test in a workspace of its own; only the nodes are
 * replaced. Start reading at {@link dev.agentplatform.app.flowtest.FlowTests}.
 */
package dev.agentplatform.app.flowtest;
