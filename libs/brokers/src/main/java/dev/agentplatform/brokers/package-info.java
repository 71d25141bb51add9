/**
 * The operator's message brokers, Redis and RabbitMQ: where they are, and the few things that are asked of them.
 *
 * <p>Start reading at {@link dev.agentplatform.brokers.Redis} and {@link dev.agentplatform.brokers.RabbitMq}. Neither
 * holds anything that the database does not: losing one delays, and loses nothing.
 */
package dev.agentplatform.brokers;
