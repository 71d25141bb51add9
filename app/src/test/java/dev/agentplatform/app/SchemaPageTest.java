package dev.agentplatform.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.agentplatform.store.Dialect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * docs/schema.md is drawn from the migrations, so it cannot go stale. They are applied to an empty SQLite with
 * the names of the types left in place, which SQLite does not mind: so the page shows one schema for both databases.
 */
class SchemaPageTest {
    private static final String UPDATE = "./mvnw -q -pl app -am test -Dtest=SchemaPageTest"
            + " -Dsurefire.failIfNoSpecifiedTests=false -Dupdate.docs=true";
    private static final Pattern COMMENTED = Pattern.compile("((?:^--.*\\R)+)CREATE TABLE (\\w+)", Pattern.MULTILINE);

    @Test
    void the_page_shows_the_schema_as_it_is() throws IOException, SQLException {
        Path page = root().resolve("docs/schema.md");
        String wanted = text();
        if (Boolean.getBoolean("update.docs")) Files.writeString(page, wanted);
        assertThat(Files.readString(page)).as("stale; run " + UPDATE).isEqualTo(wanted);
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) folder = folder.getParent();
        return folder;
    }

    private static String text() throws IOException, SQLException {
        StringBuilder text = new StringBuilder("""
            # The schema

            Drawn by `SchemaPageTest` from the migrations (`*/src/main/resources/migrations/V*.sql`); do not edit. To
            draw it anew:

                %s

            Times are UTC milliseconds. There are no foreign keys: rows of a run are written in one unit.
            `schema_hash` and `flyway_schema_history` belong to the migrations themselves.

            | type | SQLite | PostgreSQL |
            |---|---|---|
            """.formatted(UPDATE));
        Map<String, String> postgresql = new TreeMap<>(Dialect.POSTGRESQL.placeholders());
        postgresql.remove("hot_table");
        postgresql.forEach((name, type) -> text.append("| %s | %s | %s |\n"
                .formatted(name, Dialect.SQLITE.placeholders().get(name), type)));
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite::memory:");
                Statement statement = connection.createStatement()) {
            for (Path file : migrations()) {
                text.append("\n## ").append(file.getFileName()).append('\n');
                tables(statement, Files.readString(file), text);
            }
        }
        return text.toString();
    }

    private static List<Path> migrations() throws IOException {
        try (Stream<Path> files = Files.find(
                root(),
                10,
                (path, _) ->
                        path.toString().replace('\\', '/').matches(".*/src/main/resources/migrations/V[^/]+\\.sql"))) {
            return files.sorted(Comparator.comparing(file -> file.getFileName().toString()))
                    .toList();
        }
    }

    private static void tables(Statement statement, String sql, StringBuilder text) throws SQLException {
        Map<String, String> comments = new TreeMap<>();
        Matcher commented = COMMENTED.matcher(sql);
        while (commented.find()) {
            comments.put(commented.group(2), commented.group(1).replaceAll("(?m)^-- ?", ""));
        }
        List<String> before = names(statement, "table");
        String plain = sql.replaceAll("(?m)^\\s*--.*$", "")
                .replaceAll("\\$\\{hot_table}", "")
                .replaceAll("\\$\\{(\\w+)}", "$1");
        for (String one : plain.split(";")) if (!one.isBlank()) statement.executeUpdate(one);
        for (String table : names(statement, "table")) {
            if (before.contains(table)) continue;
            text.append("\n### ").append(table).append("\n\n").append(comments.getOrDefault(table, ""));
            if (comments.containsKey(table)) text.append('\n');
            columns(statement, table, text);
            indexes(statement, table, text);
        }
    }

    private static List<String> names(Statement statement, String type) throws SQLException {
        return texts(statement, "SELECT name FROM sqlite_schema WHERE type = '" + type + "' ORDER BY rowid");
    }

    private static List<String> texts(Statement statement, String query) throws SQLException {
        List<String> found = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) found.add(rows.getString(1));
        }
        return found;
    }

    private static void columns(Statement statement, String table, StringBuilder text) throws SQLException {
        text.append("| column | type | null | key |\n|---|---|---|---|\n");
        try (ResultSet rows = statement.executeQuery("PRAGMA table_info(" + table + ")")) {
            while (rows.next()) {
                String type = rows.getString("type").toLowerCase(Locale.ROOT);
                int key = rows.getInt("pk");
                text.append("| %s | %s | %s | %s |\n"
                        .formatted(
                                rows.getString("name"),
                                type,
                                rows.getInt("notnull") == 1 ? "" : "yes",
                                key == 0 ? "" : "primary " + key));
            }
        }
    }

    private static void indexes(Statement statement, String table, StringBuilder text) throws SQLException {
        List<String> written = texts(
                statement,
                "SELECT sql FROM sqlite_schema WHERE type = 'index' AND tbl_name = '" + table
                        + "' AND sql IS NOT NULL ORDER BY rowid");
        List<String> unique = texts(
                statement, "SELECT name FROM pragma_index_list('" + table + "') WHERE origin = 'u' ORDER BY seq DESC");
        if (written.isEmpty() && unique.isEmpty()) return;
        text.append("\n```sql\n");
        for (String one : unique) {
            List<String> columns = texts(statement, "SELECT name FROM pragma_index_info('" + one + "') ORDER BY seqno");
            text.append("UNIQUE (").append(String.join(", ", columns)).append(");\n");
        }
        for (String one : written) text.append(one.strip()).append(";\n");
        text.append("```\n");
    }
}
