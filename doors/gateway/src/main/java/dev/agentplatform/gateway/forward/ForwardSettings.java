package dev.agentplatform.gateway.forward;

import dev.agentplatform.kernel.Settings;
import java.time.Duration;

/**
 * How long an upstream may take.
 *
 * @param connectLimit to accept a connection, with its TLS handshake
 * @param answerLimit from the last byte of the request to the last of the answer's head
 * @param idleLimit between two bytes of a body, in either direction
 */
record ForwardSettings(Duration connectLimit, Duration answerLimit, Duration idleLimit) {
    static ForwardSettings from(Settings settings) {
        return new ForwardSettings(
                settings.millis(
                        "AGENT_PLATFORM_FORWARD_CONNECT_MILLIS",
                        Duration.ofSeconds(5),
                        Duration.ofMillis(10),
                        Duration.ofMinutes(2)),
                settings.millis(
                        "AGENT_PLATFORM_FORWARD_ANSWER_MILLIS",
                        Duration.ofMinutes(2),
                        Duration.ofMillis(10),
                        Duration.ofHours(1)),
                settings.millis(
                        "AGENT_PLATFORM_FORWARD_IDLE_MILLIS",
                        Duration.ofMinutes(1),
                        Duration.ofMillis(10),
                        Duration.ofHours(1)));
    }
}
