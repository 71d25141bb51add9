/** Events for the world: the outbox seen from outside, subscriptions and their deliveries. */
package dev.agentplatform.event;
