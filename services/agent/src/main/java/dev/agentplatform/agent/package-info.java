/** Agents: versions, runs, and the program that executes them. */
package dev.agentplatform.agent;
