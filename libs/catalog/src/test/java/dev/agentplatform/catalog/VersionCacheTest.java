package dev.agentplatform.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.kernel.Json;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VersionCacheTest {
    private final VersionCache cache = new VersionCache();

    @Test
    void keepsTheThousandUsedLast() {
        for (int i = 0; i < 1_000; i++) cache.put("workflow", version(i), 1);
        assertThat(cache.find("here", "workflow", new UUID(0, 0))).isPresent();
        cache.put("workflow", version(1_000), 1);
        assertThat(cache.size()).isEqualTo(1_000);
        assertThat(cache.find("here", "workflow", new UUID(0, 0)))
                .as("used before")
                .isPresent();
        assertThat(cache.find("here", "workflow", new UUID(0, 1)))
                .as("used longest ago")
                .isEmpty();
    }

    @Test
    void isBoundedByTheTextToo() {
        for (int i = 0; i < 100; i++) cache.put("workflow", version(i), 2_000_000);
        assertThat(cache.size()).isEqualTo(16);
        cache.put("workflow", version(99), 2_000_000);
        assertThat(cache.size()).as("the same again takes no more room").isEqualTo(16);
    }

    private static VersionBody version(int i) {
        return new VersionBody(new UUID(0, i), "here", new UUID(1, 1), i, Json.nothing());
    }
}
