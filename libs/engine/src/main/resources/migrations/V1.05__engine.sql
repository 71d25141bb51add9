-- The record of one execution. The live part (owner, timers, control state) is its task row.
CREATE TABLE run (
    id             ${id}   NOT NULL PRIMARY KEY,
    workspace_id   TEXT    NOT NULL,
    kind           TEXT    NOT NULL,
    definition_id  ${id},
    version_id     ${id},
    session_id     ${id},
    parent_run_id  ${id},
    parent_no      INTEGER,
    parent_index   INTEGER,
    status         TEXT    NOT NULL,
    error_code     TEXT,
    last_seq       ${long} NOT NULL,
    created_time   ${long} NOT NULL,
    started_time   ${long},
    ended_time     ${long},
    metadata       ${json},
    options        ${json},
    error          ${json},
    input          ${json},
    result         ${json},
    final_state    ${json}
);

CREATE INDEX run_by_kind ON run (workspace_id, kind, id);
CREATE INDEX run_by_definition ON run (workspace_id, definition_id, id) WHERE definition_id IS NOT NULL;
CREATE INDEX run_by_error ON run (workspace_id, id) WHERE error_code IS NOT NULL;
CREATE INDEX run_by_session ON run (session_id, id) WHERE session_id IS NOT NULL;
CREATE INDEX run_by_parent ON run (parent_run_id, parent_no, parent_index) WHERE parent_run_id IS NOT NULL;

-- The journal: one row per attempt that has an outcome. Never updated; open steps live in task.state.
CREATE TABLE step (
    run_id         ${id}   NOT NULL,
    no             INTEGER NOT NULL,
    workspace_id   TEXT    NOT NULL,
    key            TEXT    NOT NULL,
    type           TEXT    NOT NULL,
    iteration      INTEGER NOT NULL,
    attempt        INTEGER NOT NULL,
    status         TEXT    NOT NULL,
    started_time   ${long},
    finished_time  ${long} NOT NULL,
    worker_key     TEXT,
    error_code     TEXT,
    error          TEXT,
    input          ${json},
    output         ${json},
    PRIMARY KEY (run_id, no)
);

-- Mail for a run, until its owner has applied it.
CREATE TABLE run_message (
    run_id        ${id}   NOT NULL,
    id            ${id}   NOT NULL,
    workspace_id  TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    no            INTEGER,
    time          ${long} NOT NULL,
    body          ${json},
    PRIMARY KEY (run_id, id)
);
