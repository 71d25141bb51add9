package dev.agentplatform.catalog;

import java.util.Locale;

/** Where a version stands. An archived one is not published again. */
public enum VersionStatus {
    DRAFT,
    PUBLISHED,
    ARCHIVED;

    /** As the API and the database spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static VersionStatus of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
