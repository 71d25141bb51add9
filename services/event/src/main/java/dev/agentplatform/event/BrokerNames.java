package dev.agentplatform.event;

import dev.agentplatform.brokers.RabbitMq;
import dev.agentplatform.brokers.Redis;
import dev.agentplatform.kernel.Problem;
import java.nio.charset.StandardCharsets;

/**
 * What a workspace may name at the operator's brokers, which all workspaces share. Unless names are free, everything a
 * workspace sends to begins with its own name, so that nobody writes where another one reads.
 *
 * @param free whether workspaces trust each other
 * @param workspaceId whose names
 */
record BrokerNames(boolean free, String workspaceId) {
    static final String SETTING = "AGENT_PLATFORM_BROKER_NAMES";

    /** @throws Problem 422 when it may not be named */
    String streamKey(String stream) {
        if (!free) return Redis.PREFIX + "events:" + plain(workspaceId) + ":" + stream;
        if (stream.startsWith(Redis.PREFIX)) {
            throw Problem.invalid("target.stream", "must not begin with " + Redis.PREFIX);
        }
        return stream;
    }

    /** @throws Problem 422 when it may not be named */
    String exchange(String exchange) {
        if (free || exchange.equals(RabbitMq.EXCHANGE)) return exchange;
        throw Problem.invalid(
                "target.exchange",
                "must be " + RabbitMq.EXCHANGE + "; others only where the operator has set " + SETTING + "=free");
    }

    /** What routing keys begin with; empty for nothing. */
    String routingPrefix() {
        return free ? "" : plain(workspaceId) + ".";
    }

    /** Without the letters that separate names, so that no two workspaces come out alike. */
    private static String plain(String workspaceId) {
        StringBuilder plain = new StringBuilder();
        for (byte one : workspaceId.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (one & 0xFF);
            boolean kept = letter < 128 && (Character.isLetterOrDigit(letter) || letter == '-' || letter == '_');
            if (kept) plain.append(letter);
            else plain.append("%%%02X".formatted((int) letter));
        }
        return plain.toString();
    }
}
