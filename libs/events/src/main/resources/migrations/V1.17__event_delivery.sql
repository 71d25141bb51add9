-- Who wants to hear of which events. `kind`: webhook, trigger, job (a schedule), or claim (events/claim-pending).
-- `secret` is sealed; `target` holds no secret.
CREATE TABLE event_subscription (
    workspace_id  TEXT    NOT NULL,
    id            ${id}   NOT NULL,
    name          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    event_types   ${json} NOT NULL,
    filter        TEXT,
    target        ${json} NOT NULL,
    secret        TEXT,
    max_attempts  INTEGER NOT NULL,
    retry_delay   ${long} NOT NULL,
    created_time  ${long} NOT NULL,
    updated_time  ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- One row: counts the changes of event_subscription, so that each process sees when to read them anew.
CREATE TABLE event_subscription_version (
    only_row  INTEGER NOT NULL PRIMARY KEY,
    version   ${long} NOT NULL
);

INSERT INTO event_subscription_version (only_row, version) VALUES (1, 0);

-- An event on its way to a subscription; written with the event, deleted when confirmed.
-- status: pending (the platform sends it), claimable (a caller fetches it; next_time ends its lease), dead.
CREATE TABLE event_delivery (
    id               ${id}   NOT NULL PRIMARY KEY,
    subscription_id  ${id}   NOT NULL,
    event_id         ${id}   NOT NULL,
    workspace_id     TEXT    NOT NULL,
    aggregate        TEXT    NOT NULL,
    seq              ${long} NOT NULL,
    status           TEXT    NOT NULL,
    attempts         INTEGER NOT NULL,
    next_time        ${long} NOT NULL,
    worker_key       TEXT,
    last_error       TEXT
) ${hot_table};

CREATE INDEX event_delivery_due ON event_delivery (subscription_id, next_time, seq) WHERE status = 'pending';
CREATE INDEX event_delivery_lane ON event_delivery (subscription_id, aggregate, seq) WHERE status = 'pending';
CREATE INDEX event_delivery_claimable ON event_delivery (subscription_id, seq) WHERE status = 'claimable';
CREATE INDEX event_delivery_dead ON event_delivery (workspace_id, id) WHERE status = 'dead';

-- Addresses at which other systems tell us of something. `hook_key` is the last part of the address; `secret` is sealed.
CREATE TABLE inbound_endpoint (
    workspace_id    TEXT    NOT NULL,
    id              ${id}   NOT NULL,
    hook_key        TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    event_type      TEXT    NOT NULL,
    source_service  TEXT    NOT NULL,
    signature       TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    secret          TEXT    NOT NULL,
    created_time    ${long} NOT NULL,
    updated_time    ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);
