-- A conversation; message_seq is the number of its newest message.
CREATE TABLE session (
    id            ${id}   NOT NULL PRIMARY KEY,
    workspace_id  TEXT    NOT NULL,
    app_id        TEXT,
    user_id       TEXT,
    channel_type  TEXT    NOT NULL,
    title         TEXT,
    status        TEXT    NOT NULL,
    metadata      ${json},
    message_seq   ${long} NOT NULL,
    created_time  ${long} NOT NULL,
    updated_time  ${long} NOT NULL
);

CREATE INDEX session_by_workspace ON session (workspace_id, id);
CREATE INDEX session_by_user ON session (workspace_id, user_id, id) WHERE user_id IS NOT NULL;

CREATE TABLE session_message (
    session_id    ${id}   NOT NULL,
    sequence      ${long} NOT NULL,
    workspace_id  TEXT    NOT NULL,
    id            ${id}   NOT NULL,
    role          TEXT    NOT NULL,
    content_text  TEXT,
    content       ${json},
    created_time  ${long} NOT NULL,
    PRIMARY KEY (session_id, sequence)
);

-- A wish for a run. Its run id is written before the run is, so that a repeat after a crash makes no second run.
CREATE TABLE run_request (
    id                   ${id}   NOT NULL PRIMARY KEY,
    workspace_id         TEXT    NOT NULL,
    session_id           ${id}   NOT NULL,
    app_id               TEXT,
    app_version_id       TEXT,
    workflow_id          ${id},
    workflow_version_id  ${id},
    run_id               ${id},
    status               TEXT    NOT NULL,
    created_time         ${long} NOT NULL
);

CREATE INDEX run_request_by_workspace ON run_request (workspace_id, id);
CREATE INDEX run_request_by_session ON run_request (session_id, id);
CREATE UNIQUE INDEX run_request_by_run ON run_request (run_id) WHERE run_id IS NOT NULL;
