package dev.agentplatform.catalog;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a version stands. An archived one is not published again. */
public enum VersionStatus {
    DRAFT,
    PUBLISHED,
    ARCHIVED;

    /** As the API and the database spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<VersionStatus> of(String word) {
        return Arrays.stream(values())
                .filter(status -> status.word().equals(word))
                .findFirst();
    }
}
