package dev.agentplatform.houserules;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads from the migrations which tables (and views) have a column {@code workspace_id}. */
final class WorkspaceTables {
    private static final Pattern MIGRATION = Pattern.compile(".*src/main/resources/migrations/.*\\.sql");

    private static final String NAME = "[\"`]?(\\w+)[\"`]?";

    private static final Pattern TABLE = Pattern.compile(
            "create\\s+(?:virtual\\s+|temp\\s+|temporary\\s+|unlogged\\s+)?(?:table|view)\\s+(?:if\\s+not\\s+exists\\s+)?"
                    + NAME);

    private static final Pattern ADDED_COLUMN = Pattern.compile("alter\\s+table\\s+(?:if\\s+exists\\s+)?" + NAME);

    private static final Pattern RENAMED = Pattern.compile("alter\\s+table\\s+" + NAME + "\\s+rename\\s+to\\s+" + NAME);

    private WorkspaceTables() {}

    static Set<String> in(List<SourceFile> files) {
        Set<String> tables = new TreeSet<>();
        files.stream()
                .filter(file -> MIGRATION.matcher(file.path()).matches())
                .forEach(file -> tables.addAll(inMigration(file.text())));
        return tables;
    }

    private static Set<String> inMigration(String text) {
        Set<String> tables = new TreeSet<>();
        String sql = text.replaceAll("--[^\\n]*", " ").replaceAll("(?s)/\\*.*?\\*/", " ");
        for (String statement : sql.toLowerCase(Locale.ROOT).split(";")) {
            if (!statement.matches("(?s).*\\bworkspace_id\\b.*")) {
                Matcher renamed = RENAMED.matcher(statement);
                if (renamed.find()) tables.add(renamed.group(2));
                continue;
            }
            Matcher table = TABLE.matcher(statement);
            if (table.find()) tables.add(table.group(1));
            Matcher altered = ADDED_COLUMN.matcher(statement);
            if (altered.find() && statement.matches("(?s).*\\badd\\b.*")) tables.add(altered.group(1));
        }
        return tables;
    }
}
