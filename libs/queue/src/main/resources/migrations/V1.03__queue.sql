-- One row per incarnation of a process. lease_until = 0: declared dead, for ever.
CREATE TABLE worker (
    id            ${id}   NOT NULL PRIMARY KEY,
    instance      ${id}   NOT NULL,
    lease_until   ${long} NOT NULL,
    code_version  TEXT    NOT NULL,
    started_time  ${long} NOT NULL
);

-- The live thing: the one wake-up and ownership of an actor. Deleted when the actor is done.
-- rank = minus priority, so that one ascending index serves "priority first, then time".
CREATE TABLE task (
    ref           ${id}   NOT NULL PRIMARY KEY,
    kind          TEXT    NOT NULL,
    workspace_id  TEXT    NOT NULL,
    queue         ${ordered} NOT NULL,
    rank          INTEGER NOT NULL,
    status        TEXT    NOT NULL,
    ready_time    ${long},
    owner         ${id},
    worker_key    TEXT,
    epoch         ${long} NOT NULL,
    wakes         ${long} NOT NULL,
    seq           ${long} NOT NULL,
    claimed_seq   ${long} NOT NULL,
    attempts      INTEGER NOT NULL,
    v             INTEGER NOT NULL,
    state         ${json}
) ${hot_table};

CREATE INDEX task_ready ON task (queue, rank, ready_time, ref) WHERE status = 'ready';
CREATE INDEX task_timer ON task (ready_time) WHERE status = 'idle' AND ready_time IS NOT NULL;
