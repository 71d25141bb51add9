/**
 * The control of graphs: which steps to create, skip, retry, compensate, and what the run's status becomes.
 *
 * <p>Pure: no clock, no database, no threads, no payloads. Start reading at {@link
 * dev.agentplatform.engine.graph.Transition}; {@link dev.agentplatform.engine.graph.StepStatus} is the
 * declared table of a step's states.
 */
package dev.agentplatform.engine.graph;
