package dev.agentplatform.catalog;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Bodies used last. Bounded by entries and by text, since a body may have megabytes. */
final class VersionCache {
    private static final int ENTRIES_MAX = 1_000;
    private static final long CHARACTERS_MAX = 32_000_000;

    private record Entry(String kind, VersionBody version, long characters) {}

    private final Map<UUID, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
    private long characters;

    /** Empty too when the version belongs to another workspace or is of another kind. */
    synchronized Optional<VersionBody> find(String workspaceId, String kind, UUID id) {
        return Optional.ofNullable(entries.get(id))
                .filter(entry -> entry.kind().equals(kind))
                .map(Entry::version)
                .filter(version -> version.workspaceId().equals(workspaceId));
    }

    /** @param size characters of the body as text */
    synchronized void put(String kind, VersionBody version, long size) {
        Entry before = entries.put(version.id(), new Entry(kind, version, size));
        characters += size - (before == null ? 0 : before.characters());
        var eldest = entries.entrySet().iterator();
        while (entries.size() > 1 && (entries.size() > ENTRIES_MAX || characters > CHARACTERS_MAX)) {
            characters -= eldest.next().getValue().characters();
            eldest.remove();
        }
    }

    synchronized int size() {
        return entries.size();
    }
}
