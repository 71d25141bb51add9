package dev.agentplatform.engine;

import dev.agentplatform.kernel.Json;
import dev.agentplatform.store.Row;
import dev.agentplatform.store.RowWrite;
import dev.agentplatform.store.Shape;
import dev.agentplatform.store.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The SQL of the journal. A row is inserted once, when its step has an outcome, and never updated. */
final class StepTable {
    private static final Shape RECORD = Shape.insert(
            "step",
            30,
            Shape.id("run_id"),
            Shape.small("no"),
            Shape.text("workspace_id"),
            Shape.text("key"),
            Shape.text("type"),
            Shape.small("iteration"),
            Shape.small("attempt"),
            Shape.text("status"),
            Shape.number("started_time"),
            Shape.number("finished_time"),
            Shape.text("worker_key"),
            Shape.text("error_code"),
            Shape.text("error"),
            Shape.text("input"),
            Shape.text("output"));
    private static final String COLUMNS = "no, key, type, iteration, attempt, status, started_time, finished_time,"
            + " worker_key, error_code, error, input, output";

    private static final int CHUNK = 100;

    private StepTable() {}

    /** @param output the {@link StepOutput} as text, null when the step left none */
    static RowWrite record(RunRecord run, StepRecord step, String input, String output) {
        return RECORD.row(
                run.id(),
                step.no(),
                run.workspaceId(),
                step.key(),
                step.type(),
                step.iteration(),
                step.attempt(),
                step.status(),
                step.startedTime() == 0 ? null : (Long) step.startedTime(),
                step.finishedTime(),
                step.workerKey(),
                step.errorCode(),
                step.errorMessage(),
                input,
                output);
    }

    static List<StepRecord> page(Sql sql, String workspaceId, UUID runId, int afterNo, int limit) throws SQLException {
        return sql.list(
                "SELECT " + COLUMNS + " FROM step WHERE run_id = ? AND workspace_id = ? AND no > ? ORDER BY no LIMIT ?",
                StepTable::step,
                runId,
                workspaceId,
                afterNo,
                limit);
    }

    static Optional<StepRecord> find(Sql sql, String workspaceId, UUID runId, int no) throws SQLException {
        return sql.one(
                "SELECT " + COLUMNS + " FROM step WHERE run_id = ? AND workspace_id = ? AND no = ?",
                StepTable::step,
                runId,
                workspaceId,
                no);
    }

    /** Steps by number, a hundred to a statement. */
    static List<StepRecord> these(Sql sql, String workspaceId, UUID runId, List<Integer> numbers) throws SQLException {
        List<StepRecord> steps = new ArrayList<>(numbers.size());
        for (int from = 0; from < numbers.size(); from += CHUNK) {
            List<Integer> chunk = numbers.subList(from, Math.min(numbers.size(), from + CHUNK));
            List<Object> arguments = new ArrayList<>(List.of(runId, workspaceId));
            arguments.addAll(chunk);
            String marks = "?" + ", ?".repeat(chunk.size() - 1);
            steps.addAll(sql.list(
                    "SELECT " + COLUMNS + " FROM step WHERE run_id = ? AND workspace_id = ? AND no IN (" + marks + ")",
                    StepTable::step,
                    arguments.toArray()));
        }
        return steps;
    }

    private static StepRecord step(Row row) throws SQLException {
        Long started = row.numberOrNull("started_time");
        return new StepRecord(
                row.small("no"),
                row.text("key"),
                row.text("type"),
                row.small("iteration"),
                row.small("attempt"),
                row.text("status"),
                started == null ? 0 : started,
                row.number("finished_time"),
                0,
                row.text("worker_key"),
                row.text("error_code"),
                row.text("error"),
                Json.parseOrNull(row.text("input")),
                StepOutput.read(row.text("output")));
    }
}
