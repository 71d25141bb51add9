package dev.agentplatform.bench.crash;

import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.Migrations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Many kills: {@code CrashMain [kills] [database url]}; without a URL an SQLite file in a new folder. */
public final class CrashMain {
    static {
        Logger.getLogger("org.flywaydb").setLevel(Level.WARNING);
    }

    private CrashMain() {}

    public static void main(String[] arguments) throws Exception {
        int kills = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 50;
        Path folder = Files.createTempDirectory("crash");
        String url = arguments.length > 1 ? arguments[1] : "sqlite:///" + folder.resolve("platform.db");
        try (Database database = Database.open(DatabaseSettings.of(DatabaseUrl.parse(url, folder)))) {
            Migrations.migrate(database);
            System.out.println(new Crashes(database, url, folder, System.nanoTime()).killAndRestart(kills));
        }
    }
}
