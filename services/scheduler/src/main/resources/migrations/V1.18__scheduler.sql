-- What is to happen at a time or on an event. Its wake-up is a task; next_time is for people.
CREATE TABLE scheduled_job (
    workspace_id     TEXT    NOT NULL,
    id               ${id}   NOT NULL,
    name             TEXT    NOT NULL,
    job_type         TEXT    NOT NULL,
    status           TEXT    NOT NULL,
    schedule         ${json} NOT NULL,
    payload          ${json} NOT NULL,
    misfire          TEXT    NOT NULL,
    max_attempts     INTEGER NOT NULL,
    subscription_id  ${id},
    next_time        ${long},
    last_time        ${long},
    created_time     ${long} NOT NULL,
    updated_time     ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- One time that a job was due, and what came of it. status: pending (waits for retry_time), claimed (a caller does
-- it until retry_time), completed, failed, skipped.
CREATE TABLE job_firing (
    id             ${id}   NOT NULL PRIMARY KEY,
    workspace_id   TEXT    NOT NULL,
    job_id         ${id}   NOT NULL,
    cause          TEXT    NOT NULL,
    due_time       ${long} NOT NULL,
    status         TEXT    NOT NULL,
    attempts       INTEGER NOT NULL,
    retry_time     ${long},
    run_id         ${id},
    worker_key     TEXT,
    error          TEXT,
    finished_time  ${long},
    result         ${json},
    event          ${json}
);

CREATE INDEX job_firing_by_job ON job_firing (job_id, id);
CREATE INDEX job_firing_pending ON job_firing (job_id, retry_time) WHERE status = 'pending';
