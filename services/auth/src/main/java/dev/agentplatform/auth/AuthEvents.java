package dev.agentplatform.auth;

import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/** The record of every change in this room, written with the change; it never holds a password or a token. */
final class AuthEvents {
    private static final String SOURCE = "auth";

    private final Outbox outbox;
    private final Clock clock;
    private final Ids ids;

    AuthEvents(Outbox outbox, Clock clock, Ids ids) {
        this.outbox = outbox;
        this.clock = clock;
        this.ids = ids;
    }

    /** @param by who made the change; null when nobody said so */
    void tell(Sql sql, String workspaceId, String noun, UUID id, String happened, ObjectNode state, String by)
            throws SQLException {
        long now = clock.millis();
        ObjectNode payload = state.deepCopy().put("changed_by", by);
        outbox.publish(
                sql,
                new Outbox.Message(
                        ids.next(),
                        workspaceId,
                        noun + "." + happened,
                        SOURCE,
                        noun,
                        id.toString(),
                        now,
                        Json.write(payload)));
    }
}
