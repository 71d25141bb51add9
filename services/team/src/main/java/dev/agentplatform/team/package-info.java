/**
 * Teams of agents. A run of a team is a program; each turn of a member is a run of its agent, started as a child.
 *
 * <p>Start reading at {@link dev.agentplatform.team.TeamModule}. How members work together stands in {@code modes}, one
 * class for each way.
 */
package dev.agentplatform.team;
