package dev.agentplatform.outbound;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import tools.jackson.databind.JsonNode;

/** Statuses from 400 that are no failure: {@code 404}, {@code "4xx"}, {@code "404, 5xx"}, or a list of these. */
public final class AcceptedStatuses {
    private AcceptedStatuses() {}

    /** @throws Problem 422 {@code accept_status} for an entry that is none */
    public static boolean accept(JsonNode accepted, int status) {
        if (accepted.isArray()) {
            boolean found = false;
            // All are looked at, so that a wrong entry shows at once.
            for (JsonNode entry : accepted) found |= accept(entry, status);
            return found;
        }
        boolean found = false;
        String entries =
                Json.isNothing(accepted) ? "" : accepted.isString() ? accepted.stringValue() : Json.write(accepted);
        for (String entry : entries.split(",")) found |= matches(entry.strip(), status);
        return found;
    }

    private static boolean matches(String entry, int status) {
        if (entry.isEmpty()) return false;
        if (entry.matches("[1-5][xX]{2}")) return entry.charAt(0) - '0' == status / 100;
        if (entry.matches("[1-9]\\d{2}")) return Integer.parseInt(entry) == status;
        throw Problem.invalid("accept_status", "'" + entry + "' is neither a status nor a pattern such as 4xx");
    }
}
