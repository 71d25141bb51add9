/** The ways in which members of a team work together. Each is a small program over turns. */
package dev.agentplatform.team.modes;
