package dev.agentplatform.app.command;

import dev.agentplatform.app.KnownSettings;
import dev.agentplatform.app.Logs;
import dev.agentplatform.app.Main;
import dev.agentplatform.app.Roles;
import dev.agentplatform.app.SettingsOptions;
import dev.agentplatform.app.client.ApiClient;
import dev.agentplatform.code.CodeSettings;
import dev.agentplatform.code.Sandboxes;
import dev.agentplatform.kernel.Ids;
import dev.agentplatform.kernel.Json;
import dev.agentplatform.kernel.Problem;
import dev.agentplatform.kernel.Settings;
import dev.agentplatform.store.Database;
import dev.agentplatform.store.DatabaseSettings;
import dev.agentplatform.store.DatabaseUrl;
import dev.agentplatform.store.InstanceLock;
import dev.agentplatform.store.Migrations;
import dev.agentplatform.web.HttpSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Looks at everything that a start needs, starts nothing, and says what to do. */
@Command(
        name = "doctor",
        description = "Check Java, settings, port, data folder, database and code isolation, and say what to do.",
        footer = {
            "",
            "Examples:",
            "  agent-platform doctor",
            "  agent-platform doctor --data /srv/agent-platform --json",
            "",
            "Exit codes: 0 nothing fails, 1 something does."
        })
public final class DoctorCommand implements Callable<Integer> {
    private static final int JAVA_RELEASE_MIN = 25;
    private static final long SPACE_FAIL_BYTES = 100_000_000;
    private static final long SPACE_WARN_BYTES = 1_000_000_000;

    @Mixin
    private SettingsOptions options;

    @Option(
            names = "--json",
            description = "Print one JSON object: {status, checks: [{name, status, detail, advice}]}.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    private final Map<String, String> environment;
    private final List<Check> checks = new ArrayList<>();

    public DoctorCommand() {
        this(System.getenv());
    }

    DoctorCommand(Map<String, String> environment) {
        this.environment = environment;
    }

    private enum Level {
        OK,
        WARN,
        FAIL
    }

    /** @param advice what to do, empty when there is nothing to do */
    private record Check(String name, Level level, String detail, String advice) {}

    @Override
    public Integer call() throws InterruptedException {
        java();
        Settings settings = settings();
        if (settings != null) {
            port(settings);
            Path data = Path.of(settings.text(SettingsOptions.DATA_FOLDER, "data"));
            String usedBy = dataFolder(data);
            database(settings, data, usedBy);
            code(settings, data);
        }
        if (json) printJson();
        else printLines();
        return worst() == Level.FAIL ? Main.FAILED : Main.OK;
    }

    private void add(String name, Level level, String detail, String advice) {
        checks.add(new Check(name, level, detail, advice));
    }

    private void java() {
        int release = Runtime.version().feature();
        String detail = Runtime.version() + " at " + System.getProperty("java.home");
        if (release >= JAVA_RELEASE_MIN) add("java", Level.OK, detail, "");
        else add("java", Level.FAIL, detail, "Install a JDK " + JAVA_RELEASE_MIN + " or newer.");
    }

    /** Null when they cannot even be read. */
    private Settings settings() {
        try {
            Settings settings = options.read(environment);
            Logs.startQuietly(settings);
            Roles.parse(settings.text(Roles.SETTING, "all"));
            HttpSettings.from(settings);
            List<String> unknown = settings.withPrefix(KnownSettings.PREFIX).keySet().stream()
                    .map(name -> KnownSettings.PREFIX + name)
                    .filter(name -> !KnownSettings.known(name))
                    .toList();
            for (String name : unknown) {
                String nearest = KnownSettings.nearest(name)
                        .map(near -> "Did you mean " + near + "?")
                        .orElse("");
                add(
                        "settings",
                        Level.WARN,
                        name + " is not read by anything.",
                        nearest.isEmpty() ? "Remove it." : nearest);
            }
            if (unknown.isEmpty()) add("settings", Level.OK, "every name is known", "");
            return settings;
        } catch (Settings.WrongSetting wrong) {
            add("settings", Level.FAIL, wrong.getMessage(), "Correct it; the start stops at it.");
            return null;
        }
    }

    private void port(Settings settings) throws InterruptedException {
        HttpSettings http = HttpSettings.from(settings);
        String place = http.host() + ":" + http.port();
        try (ServerSocket socket = new ServerSocket(http.port(), 1, InetAddress.getByName(http.host()))) {
            add("port", Level.OK, place + " is free" + (http.port() == 0 ? ": " + socket.getLocalPort() : ""), "");
        } catch (IOException taken) {
            if (isOurs(http.port())) add("port", Level.OK, "a server of ours answers at " + place, "");
            else add("port", Level.FAIL, place + ": " + taken.getMessage(), "Stop what uses it, or set PORT.");
        }
    }

    private static boolean isOurs(int port) throws InterruptedException {
        try (ApiClient api = new ApiClient("http://localhost:" + port, Map.of())) {
            return api.get("/health").path("service").asString("").equals("agent-platform");
        } catch (Problem another) {
            return false;
        }
    }

    // ---- the data folder

    /** @return who uses it, null when nobody does */
    private String dataFolder(Path data) {
        String name = "data folder";
        Path place = data.toAbsolutePath();
        Path existing = place;
        while (!Files.exists(existing)) existing = existing.getParent();
        if (!writable(existing)) {
            add(
                    name,
                    Level.FAIL,
                    place + ": cannot write to " + existing,
                    "Give this user the right, or set another --data.");
            return null;
        }
        space(existing);
        if (!Files.exists(place.resolve(InstanceLock.FILE))) {
            add(
                    name,
                    Level.OK,
                    place + (existing.equals(place) ? " is writable" : " will be made at the first start"),
                    "");
            return null;
        }
        try (InstanceLock lock = InstanceLock.acquire(place, new Ids(Clock.systemUTC()))) {
            add(name, Level.OK, place + " is writable and free, instance " + lock.instance(), "");
            return null;
        } catch (InstanceLock.FolderInUse used) {
            add(name, Level.OK, used.getMessage().replaceFirst(";.*", ""), "");
            return used.getMessage();
        }
    }

    /** Tried, because rights alone do not tell: a file system may be read-only. */
    private static boolean writable(Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, "doctor-", ".tmp"));
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    private void space(Path folder) {
        try {
            long bytes = Files.getFileStore(folder).getUsableSpace();
            Level level = bytes < SPACE_FAIL_BYTES ? Level.FAIL : bytes < SPACE_WARN_BYTES ? Level.WARN : Level.OK;
            String detail = "%.1f GB free".formatted(bytes / 1e9);
            add("disk space", level, detail, level == Level.OK ? "" : "Free some; a full disk stops every run.");
        } catch (IOException unknown) {
            add("disk space", Level.WARN, "unknown (" + unknown.getMessage() + ")", "");
        }
    }

    // ---- the database

    private void database(Settings settings, Path data, String usedBy) {
        String name = "database";
        DatabaseSettings asked;
        try {
            asked = DatabaseSettings.from(settings, data);
        } catch (Settings.WrongSetting wrong) {
            add(name, Level.FAIL, wrong.getMessage(), "Correct it; the start stops at it.");
            return;
        }
        boolean file = asked.url() instanceof DatabaseUrl.Sqlite;
        if (asked.url() instanceof DatabaseUrl.Sqlite(Path path) && !Files.exists(path)) {
            add(name, Level.OK, asked.url() + " will be made at the first start", "");
        } else if (file && usedBy != null) {
            add(name, Level.OK, asked.url() + " is in use; its server's /ready tells more", "");
        } else {
            connect(name, asked);
        }
    }

    private void connect(String name, DatabaseSettings asked) {
        try (Database database = Database.open(asked)) {
            database.read(sql -> sql.one("SELECT 1 AS one", row -> 1));
            int pending = Migrations.pending(database).size();
            if (pending == 0) add(name, Level.OK, asked.url() + " answers, its schema is current", "");
            else {
                add(
                        name,
                        Level.WARN,
                        asked.url() + " answers, " + pending + " migrations are pending",
                        "agent-platform migrate applies them, and so does the next start.");
            }
        } catch (RuntimeException failure) {
            String why = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
            add(
                    name,
                    Level.FAIL,
                    asked.url() + ": " + why,
                    "Start the database, or correct " + DatabaseUrl.SETTING + ".");
        }
    }

    // ---- code

    /** Locks a piece of code in, in a folder that no server uses. */
    private void code(Settings settings, Path data) throws InterruptedException {
        String name = "code";
        Path folder = null;
        try {
            folder = Files.createTempDirectory("agent-platform-doctor");
            String found = Sandboxes.offer(CodeSettings.from(settings, data).in(folder));
            boolean unsafe = found.startsWith(Sandboxes.NO_ISOLATION);
            String advice = "Code runs with the rights of the server; see docs/code-runner.md.";
            add(name, unsafe ? Level.WARN : Level.OK, found, unsafe ? advice : "");
        } catch (Sandboxes.SandboxUnavailable none) {
            add(name, Level.WARN, none.getMessage(), "Code will be refused; docs/code-runner.md says what it needs.");
        } catch (Settings.WrongSetting wrong) {
            add(name, Level.FAIL, wrong.getMessage(), "Correct it; the start stops at it.");
        } catch (IOException failed) {
            add(name, Level.WARN, "unknown (" + failed.getMessage() + ")", "");
        } finally {
            delete(folder);
        }
    }

    private static void delete(Path folder) {
        if (folder == null) return;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        } catch (IOException busy) {
            // It is a temporary folder.
        }
    }

    // ---- the answer

    private Level worst() {
        return checks.stream().map(Check::level).max(Level::compareTo).orElse(Level.OK);
    }

    private void printLines() {
        PrintWriter out = spec.commandLine().getOut();
        for (Check check : checks) {
            String style = switch (check.level()) {
                case OK -> "green";
                case WARN -> "yellow";
                case FAIL -> "red,bold";
            };
            String mark = Ansi.AUTO.string("@|" + style + " %-4s|@".formatted(check.level()));
            out.println(mark + "  %-12s %s".formatted(check.name(), check.detail()));
            if (!check.advice().isEmpty()) out.println(" ".repeat(19) + check.advice());
        }
        out.flush();
    }

    private void printJson() {
        ObjectNode answer = Json.object().put("status", word(worst()));
        ArrayNode list = answer.putArray("checks");
        for (Check check : checks) {
            ObjectNode one = Json.object().put("name", check.name()).put("status", word(check.level()));
            list.add(one.put("detail", check.detail()).put("advice", check.advice()));
        }
        spec.commandLine().getOut().println(answer.toPrettyString());
        spec.commandLine().getOut().flush();
    }

    private static String word(Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }
}
