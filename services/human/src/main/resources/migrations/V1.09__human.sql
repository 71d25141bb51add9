-- What a person is asked. `no` names the waiting step when there is one: run_id and node_run_id are the
-- caller's words and may name nothing. `decided` is 1 once somebody completed or cancelled the task.
CREATE TABLE human_task (
    id              ${id}   NOT NULL,
    workspace_id    TEXT    NOT NULL,
    run_id          TEXT,
    no              INTEGER,
    node_run_id     TEXT,
    task_type       TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    assigned_to     TEXT,
    status          TEXT    NOT NULL,
    decided         INTEGER NOT NULL,
    claimed_by      TEXT,
    completed_by    TEXT,
    due_time        ${long},
    request         ${json},
    form            ${json},
    response        ${json},
    created_time    ${long} NOT NULL,
    completed_time  ${long},
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX human_task_by_status ON human_task (workspace_id, status, id);
CREATE INDEX human_task_by_assignee ON human_task (workspace_id, assigned_to, id) WHERE assigned_to IS NOT NULL;
CREATE INDEX human_task_by_run ON human_task (workspace_id, run_id, id) WHERE run_id IS NOT NULL;
