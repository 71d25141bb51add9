package dev.agentplatform.brokers;

import java.util.Map;
import java.util.UUID;

/**
 * For an exchange of RabbitMQ.
 *
 * @param id the message id, by which consumers drop repeats
 * @param type what kind of thing the body tells
 * @param time UTC milliseconds
 * @param headers texts and whole numbers
 * @param body JSON
 */
public record Message(UUID id, String routingKey, String type, long time, Map<String, Object> headers, byte[] body) {}
