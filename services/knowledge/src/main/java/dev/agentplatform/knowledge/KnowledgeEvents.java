package dev.agentplatform.knowledge;

import dev.agentplatform.events.Outbox;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import tools.jackson.databind.node.ObjectNode;

/** Tells the world what happened, in the transaction in which it did. */
record KnowledgeEvents(Outbox outbox, Clock clock, Ids ids) {
    private static final String SOURCE = "knowledge";

    /** @param happened {@code created}, {@code changed}, {@code embedded} or {@code deleted} */
    void base(Sql sql, KnowledgeBase base, String happened) throws SQLException {
        tell(sql, base.workspaceId(), "knowledge.base." + happened, "knowledge_base", base.json());
    }

    /** @param happened {@code created}, {@code changed}, {@code indexed}, {@code failed} or {@code deleted} */
    void document(Sql sql, Document document, String happened) throws SQLException {
        tell(sql, document.workspaceId(), "knowledge.document." + happened, "knowledge_document", document.json());
    }

    private void tell(Sql sql, String workspaceId, String type, String aggregate, ObjectNode payload)
            throws SQLException {
        String id = payload.path("id").asString();
        outbox.publish(
                sql,
                new Outbox.Message(
                        ids.next(), workspaceId, type, SOURCE, aggregate, id, clock.millis(), Json.write(payload)));
    }
}
