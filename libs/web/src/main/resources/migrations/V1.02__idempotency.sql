-- The first answer of a POST under its Idempotency-Key. Without a status the key is reserved and not answered yet.
CREATE TABLE idempotency_key (
    workspace_id TEXT NOT NULL,
    key          TEXT NOT NULL,
    route        TEXT NOT NULL,
    body_hash    TEXT NOT NULL,
    reserved_id  ${id} NOT NULL,
    created_time ${long} NOT NULL,
    status       INTEGER,
    response     ${json},
    PRIMARY KEY (workspace_id, key)
);

CREATE INDEX idempotency_key_created ON idempotency_key (created_time);
