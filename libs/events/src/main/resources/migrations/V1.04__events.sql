-- The log of a run. A row covers seq .. seq+n-1; body is the array of those n events.
CREATE TABLE run_event (
    run_id        ${id}   NOT NULL,
    seq           ${long} NOT NULL,
    n             INTEGER NOT NULL,
    workspace_id  TEXT    NOT NULL,
    time          ${long} NOT NULL,
    body          ${json} NOT NULL,
    PRIMARY KEY (run_id, seq)
);

-- The outbox: what the platform tells the world, written in the transaction of the change.
CREATE TABLE event (
    id              ${id}   NOT NULL PRIMARY KEY,
    workspace_id    TEXT    NOT NULL,
    type            TEXT    NOT NULL,
    source          TEXT    NOT NULL,
    aggregate_type  TEXT    NOT NULL,
    aggregate_id    TEXT    NOT NULL,
    seq             ${long} NOT NULL,
    time            ${long} NOT NULL,
    payload         ${json}
);

CREATE INDEX event_by_workspace ON event (workspace_id, id);
