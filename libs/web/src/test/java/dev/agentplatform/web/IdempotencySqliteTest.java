package dev.agentplatform.web;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

final class IdempotencySqliteTest extends IdempotencySuite {
    @TempDir
    Path folder;

    @Override
    String url() {
        return "sqlite:///" + folder.resolve("test.db");
    }
}
