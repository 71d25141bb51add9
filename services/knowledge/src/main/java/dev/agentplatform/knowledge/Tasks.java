package dev.agentplatform.knowledge;

import dev.agentplatform.queue.ActorTable;
import dev.agentplatform.queue.ActorTable.Actor;
import dev.agentplatform.queue.Dispatcher;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.time.Clock;
import java.util.UUID;

/** The tasks of documents, which are to be indexed, and of bases, whose chunks lack vectors or are to be deleted. */
record Tasks(Dispatcher dispatcher, Clock clock) {
    static final String DOCUMENT = "knowledge_document";
    static final String BASE = "knowledge_base";

    /** Above every priority of runs, one for each kind; see {@link Dispatcher.Service}. */
    static final int DOCUMENT_PRIORITY = 1_013;

    static final int BASE_PRIORITY = 1_014;

    static Actor document(String workspaceId, UUID id) {
        return new Actor(id, DOCUMENT, workspaceId, DOCUMENT_PRIORITY);
    }

    static Actor base(String workspaceId, UUID id) {
        return new Actor(id, BASE, workspaceId, BASE_PRIORITY);
    }

    /** Somebody shall look at it. Before anything else in the transaction, for the order of locks. */
    void call(Sql sql, Actor actor) throws SQLException {
        ActorTable.call(sql, actor, null, clock.millis());
    }

    /** After the commit of {@link #call}. Without it somebody looks too, up to a second late. */
    void announce(Actor actor) {
        dispatcher.ready(actor.queue(), actor.priority());
    }
}
