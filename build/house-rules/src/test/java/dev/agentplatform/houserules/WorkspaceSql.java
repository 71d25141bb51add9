package dev.agentplatform.houserules;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * No statement reaches into another workspace: a SELECT, UPDATE or DELETE on a table with {@code workspace_id} names it in
 * a condition, an INSERT in its columns.
 *
 * <p>One naming per statement is asked for, since the tables of a join are joined by keys that lie in one workspace.
 * SQL that is put together over several Java statements cannot be judged: write it in one piece.
 */
final class WorkspaceSql {
    /** A statement that means every workspace, by its first words. Only for the rooms that work for the whole process. */
    record AllWorkspaces(String path, String prefix, String reason) {}

    static final List<AllWorkspaces> EXCEPTIONS = List.of(
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "shape update task",
                    "group commit: its rows were locked and judged by ref"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "shape delete task",
                    "group commit: its rows were locked and judged by ref"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/FenceJudge.java",
                    "select ref, epoch",
                    "the fences of a batch, which mixes workspaces"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "with picked as materialized",
                    "claims and timers: queues of all workspaces in turn"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "update task set status = 'owned'",
                    "a claim by ref; the caller has found the run in its workspace"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "select owner, worker_key",
                    "who holds a task; the caller has found the run in its workspace"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "select queue, rank",
                    "the dispatcher looks for due work in all workspaces"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "select ready_time",
                    "the next timer of all workspaces"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "update task set status = 'ready'",
                    "a takeover: all that a dead process owned"),
            new AllWorkspaces(
                    "libs/engine/src/main/java/dev/agentplatform/engine/RunTable.java",
                    "select workspace_id from run",
                    "finds the workspace of an id that nobody named"),
            new AllWorkspaces(
                    "libs/engine/src/main/java/dev/agentplatform/engine/RunTable.java",
                    "select t.ref, t.wakes",
                    "the sweep for mail of all runs owned here"),
            new AllWorkspaces(
                    "libs/engine/src/main/java/dev/agentplatform/engine/RunTable.java",
                    "select id, last_seq",
                    "the sweep for commits to all runs followed here"),
            new AllWorkspaces(
                    "libs/engine/src/main/java/dev/agentplatform/engine/RunTable.java",
                    "select ref, seq",
                    "the sweep for commits to all runs followed here"),
            new AllWorkspaces(
                    "doors/gateway/src/main/java/dev/agentplatform/gateway/keys/ApiKeyTable.java",
                    "select id, workspace_id, name, prefix, scopes, user_id, status, expires_time, last_used_time,"
                            + " created_time, updated_time from api_key where hash",
                    "asks to which workspace a presented key belongs"),
            new AllWorkspaces(
                    "services/auth/src/main/java/dev/agentplatform/auth/RefreshTokenTable.java",
                    "select id, workspace_id, family_id",
                    "asks to which workspace a presented token belongs"),
            new AllWorkspaces(
                    "services/auth/src/main/java/dev/agentplatform/auth/RefreshTokenTable.java",
                    "delete from auth_refresh_token where id in",
                    "purges what has expired in all workspaces"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "select queue from task",
                    "a claim for a caller, who is checked by the run's workspace"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/TaskTable.java",
                    "delete from task where ref = ? and owner",
                    "the fence of an alarm: its owner and epoch"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/QueueLimits.java",
                    "select queue, owned_max from queue_limit",
                    "which queues of all workspaces have a limit"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/QueueLimits.java",
                    "select owned_max from queue_limit",
                    "the lock of a queue, whose name begins with its workspace"),
            new AllWorkspaces(
                    "libs/queue/src/main/java/dev/agentplatform/queue/QueueLimits.java",
                    "select count(*) as n from task",
                    "the places of a queue, whose name begins with its workspace"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/RunLog.java",
                    "delete from run_event where transient",
                    "the sweep over the transient events of all ended runs"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/SubscriptionTable.java",
                    "select * from event_subscription order by",
                    "all subscriptions are kept in memory, by workspace"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/EventTable.java",
                    "delete from event",
                    "retention: old events of all workspaces"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/DeliveryTable.java",
                    "select subscription_id, next_time",
                    "the courier looks for due deliveries in all workspaces"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/DeliveryTable.java",
                    "select d.id as delivery_id",
                    "the deliveries of one subscription, by its id"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/DeliveryTable.java",
                    "select next_time",
                    "the next delivery of one subscription, by its id"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/DeliveryTable.java",
                    "select aggregate",
                    "the deliveries of one subscription, by its id"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/DeliveryTable.java",
                    "delete from event_delivery where",
                    "deliveries of one subscription that were confirmed, or that is gone"),
            new AllWorkspaces(
                    "libs/events/src/main/java/dev/agentplatform/events/DeliveryTable.java",
                    "update event_delivery set",
                    "deliveries that were found by their subscription"),
            new AllWorkspaces(
                    "services/memory/src/main/java/dev/agentplatform/memory/MemoryTable.java",
                    "select workspace_id, scope_type, scope_id, id from memory where expires_time",
                    "the purge of what has expired in all workspaces"),
            new AllWorkspaces(
                    "services/memory/src/main/java/dev/agentplatform/memory/ScopeTable.java",
                    "select workspace_id, scope_type, scope_id, max(change_no)",
                    "the purge of old deletions in all workspaces"));

    private static final Pattern EXCEPTION_PATH = Pattern.compile(
            "libs/(queue|events|engine)/src/main/java/.*\\.java|.*/(ApiKeyTable|RefreshTokenTable|MemoryTable|ScopeTable)\\.java");

    private static final Pattern SQL = Pattern.compile(
            "(?:with\\b.*\\b(?:select|update|delete|insert)\\b|select\\b.*\\bfrom\\b|insert\\s+(?:or\\s+\\w+\\s+)?into\\b"
                + "|update\\s+\\w+.*\\bset\\b|delete\\s+from\\b).*");

    private static final Pattern SHAPE = Pattern.compile("shape (insert|update|delete) (\\w+) (.*)");

    private static final Pattern TABLE = Pattern.compile("\\b(?:from|join|update|into|,)\\s+[\"`]?(\\w+)");

    private static final Pattern INSERT = Pattern.compile(
            "\\binsert\\s+(?:or\\s+\\w+\\s+)?into\\s+[\"`]?(\\w+)[\"`]?(?:\\s+as\\s+\\w+)?\\s*(\\([^)]*\\))?");

    private static final Pattern CONDITION = Pattern.compile(
            "\\b(?:where|on|using)\\b(?:(?!\\b(?:group by|order by|limit|returning|union)\\b).)*?\\bworkspace_id\\b"
                    + "|\\band (?:\\w+\\.)?workspace_id (?:=|in\\b)");

    private static final Pattern SHAPE_NAMES_IT = Pattern.compile("workspace(?:_?id)?\\b");

    private WorkspaceSql() {}

    static List<Finding> check(List<SourceFile> files, List<AllWorkspaces> exceptions) {
        Set<String> tables = WorkspaceTables.in(files);
        Set<AllWorkspaces> unneeded = new HashSet<>(exceptions);
        List<Finding> findings = new ArrayList<>();
        for (SourceFile file : files) {
            // The bench looks at whole databases of its own making, as tests do.
            if (!file.isMainJava() || file.path().startsWith("bench/")) continue;
            for (SqlTexts.Text text : SqlTexts.in(file)) {
                String sql = text.text().toLowerCase(Locale.ROOT);
                if (!reachesOut(sql, tables)) continue;
                List<AllWorkspaces> excuses = exceptions.stream()
                        .filter(exception -> excuses(exception, file, sql))
                        .toList();
                unneeded.removeAll(excuses);
                if (excuses.isEmpty()) {
                    findings.add(new Finding(
                            file.path(),
                            text.line(),
                            "names no workspace: " + sql.substring(0, Math.min(140, sql.length())),
                            "Add workspace_id to its conditions (or columns, when it inserts)"));
                }
            }
        }
        for (AllWorkspaces exception : unneeded) {
            findings.add(new Finding(
                    exception.path(), 0, "does not need the exception '" + exception.prefix() + "'", "Remove the row"));
        }
        return findings;
    }

    /** Whether a row of the table may be a row: it has a reason, a prefix worth its name, and a room that may. */
    static boolean isAllowed(AllWorkspaces exception) {
        return EXCEPTION_PATH.matcher(exception.path()).matches()
                && exception.prefix().length() >= 15
                && !exception.reason().isBlank();
    }

    private static boolean excuses(AllWorkspaces exception, SourceFile file, String sql) {
        return isAllowed(exception)
                && exception.path().equals(file.path())
                && sql.startsWith(exception.prefix().toLowerCase(Locale.ROOT));
    }

    private static boolean reachesOut(String sql, Set<String> tables) {
        Matcher shape = SHAPE.matcher(sql);
        if (shape.matches()) {
            return tables.contains(shape.group(2))
                    && !SHAPE_NAMES_IT.matcher(shape.group(3)).find();
        }
        if (!SQL.matcher(sql).matches()) return false;
        Matcher insert = INSERT.matcher(sql);
        while (insert.find()) {
            if (!tables.contains(insert.group(1))) continue;
            if (insert.group(2) == null || !insert.group(2).contains("workspace_id")) return true;
        }
        return readsOrChanges(sql, tables) && !CONDITION.matcher(sql).find();
    }

    private static boolean readsOrChanges(String sql, Set<String> tables) {
        Matcher table = TABLE.matcher(INSERT.matcher(sql).replaceAll(" "));
        while (table.find()) {
            if (tables.contains(table.group(1))) return true;
        }
        return false;
    }
}
