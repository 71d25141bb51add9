/** Teams of agents: versions, modes of working together, runs. */
package dev.agentplatform.team;
