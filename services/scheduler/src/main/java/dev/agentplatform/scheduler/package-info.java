/**
 * Jobs: what is to happen at a time, again and again, or on an event.
 *
 * <p>Start reading at {@link dev.agentplatform.scheduler.Ticker}, which fires due jobs; {@link
 * dev.agentplatform.scheduler.Settlement} decides what a firing leaves behind, {@link
 * dev.agentplatform.scheduler.Cron} when the next one is.
 */
package dev.agentplatform.scheduler;
