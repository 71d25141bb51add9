/**
 * The engine under faults that a seed decides: single-threaded, with its own time, crashes, pauses, lost
 * acknowledgements and takeovers between two processes on one store.
 *
 * <p>Start reading at {@link dev.agentplatform.bench.simulation.Simulation}; {@link
 * dev.agentplatform.bench.simulation.Invariants} says what must hold.
 */
package dev.agentplatform.bench.simulation;
