/**
 * Durable tasks and the processes that own them.
 *
 * <p>A task is the one wake-up and ownership of an actor (a run, a schedule, a subscription). Order and
 * exclusion come from its having one owner, never from the queue. Start reading at {@link
 * dev.agentplatform.queue.Unit} (what an owner writes), then {@link dev.agentplatform.queue.FenceJudge}
 * (who may write it) and {@link dev.agentplatform.queue.TaskTable} (claims, timers, takeovers).
 */
package dev.agentplatform.queue;
