-- What is remembered in a scope. `memory_key` names what is kept once; `vector` is eight-bit and means something only
-- beside vectors of the same `embedder`. `change_no` is the number of the scope's change that wrote the row.
CREATE TABLE memory (
    workspace_id     TEXT    NOT NULL,
    id               ${id}   NOT NULL,
    scope_type       TEXT    NOT NULL,
    scope_id         TEXT    NOT NULL,
    memory_type      TEXT    NOT NULL,
    memory_key       TEXT,
    content_text     TEXT    NOT NULL,
    importance       INTEGER NOT NULL,
    metadata         ${json},
    embedder         TEXT    NOT NULL,
    vector           ${bytes} NOT NULL,
    change_no        ${long} NOT NULL,
    expires_time     ${long},
    created_time     ${long} NOT NULL,
    updated_time     ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX memory_by_scope ON memory (workspace_id, scope_type, scope_id, id);
CREATE INDEX memory_by_type ON memory (workspace_id, memory_type, id);
CREATE INDEX memory_by_change ON memory (workspace_id, scope_type, scope_id, change_no);
CREATE UNIQUE INDEX memory_by_key ON memory (workspace_id, scope_type, scope_id, memory_key)
    WHERE memory_key IS NOT NULL;
CREATE INDEX memory_by_expiry ON memory (expires_time) WHERE expires_time IS NOT NULL;

-- Each write raises the number of its scope in the same transaction: commits are in the order of the numbers. The row
-- stays when the last memory goes, since a number must not come twice. `floor_no`: up to here deletions are forgotten.
CREATE TABLE memory_scope (
    workspace_id     TEXT    NOT NULL,
    scope_type       TEXT    NOT NULL,
    scope_id         TEXT    NOT NULL,
    change_no        ${long} NOT NULL,
    floor_no         ${long} NOT NULL,
    size             ${long} NOT NULL,
    PRIMARY KEY (workspace_id, scope_type, scope_id)
);

-- What was deleted, for those who keep an index of the scope.
CREATE TABLE memory_gone (
    workspace_id     TEXT    NOT NULL,
    scope_type       TEXT    NOT NULL,
    scope_id         TEXT    NOT NULL,
    change_no        ${long} NOT NULL,
    id               ${id}   NOT NULL,
    gone_time        ${long} NOT NULL,
    PRIMARY KEY (workspace_id, scope_type, scope_id, change_no, id)
);

CREATE INDEX memory_gone_by_time ON memory_gone (gone_time);
