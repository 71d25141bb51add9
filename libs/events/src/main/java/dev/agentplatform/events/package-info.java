/**
 * What happened, in order: the log of each run, its live followers, and the outbox of the platform.
 *
 * <p>An event is shown when it is durable: the log row rides in the unit of the change, and followers are
 * told after the commit. Start reading at {@link dev.agentplatform.events.RunLog}; for the outbox at {@link
 * dev.agentplatform.events.Outbox}, which asks {@link dev.agentplatform.events.Subscriptions} who listens.
 */
package dev.agentplatform.events;
