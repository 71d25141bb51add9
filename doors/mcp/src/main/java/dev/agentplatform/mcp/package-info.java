/**
 * The door of MCP clients, {@code /mcp}: agents, teams, workflows and skills that are published are tools there, and a call
 * is a run. Start reading at {@link dev.agentplatform.mcp.McpRoutes}. It holds no rules of its own and no tables.
 */
package dev.agentplatform.mcp;
