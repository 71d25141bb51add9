package dev.agentplatform.knowledge;

import dev.agentplatform.search.Feed;
import dev.agentplatform.store.Database;
import java.util.List;
import java.util.UUID;

/** The chunks of a base as an index follows them. */
record BaseFeed(Database database, Key key) implements Feed {
    record Key(String workspaceId, UUID baseId) {}

    @Override
    public State state() {
        return database.read(sql -> BaseTable.state(sql, key.workspaceId(), key.baseId()));
    }

    @Override
    public List<Change> changed(long after, int limit) {
        return database.read(sql -> ChunkTable.changed(sql, key.workspaceId(), key.baseId(), after, limit));
    }

    @Override
    public List<Gone> gone(Gone after, int limit) {
        return database.read(sql -> ChunkTable.gone(sql, key.workspaceId(), key.baseId(), after, limit));
    }
}
