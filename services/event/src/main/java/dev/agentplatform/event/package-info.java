/**
 * Events for the world: the outbox seen from outside, subscriptions and their deliveries, inbound webhooks.
 *
 * <p>Start reading at {@link dev.agentplatform.event.Courier}, which takes events to those who subscribed, and {@link
 * dev.agentplatform.event.Round}, which serves one subscription.
 */
package dev.agentplatform.event;
