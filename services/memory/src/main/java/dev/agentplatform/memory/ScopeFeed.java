package dev.agentplatform.memory;

import dev.agentplatform.search.Feed;
import dev.agentplatform.store.Database;
import java.util.List;

/** The memories of a scope as an index follows them. */
record ScopeFeed(Database database, Scope scope) implements Feed {
    @Override
    public State state() {
        return database.read(sql -> ScopeTable.state(sql, scope));
    }

    @Override
    public List<Change> changed(long after, int limit) {
        return database.read(sql -> MemoryTable.changed(sql, scope, after, limit));
    }

    @Override
    public List<Gone> gone(Gone after, int limit) {
        return database.read(sql -> ScopeTable.goneAfter(sql, scope, after, limit));
    }
}
