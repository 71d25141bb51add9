-- A key by which programs sign in to one workspace. Only the SHA-256 of its text is kept.
CREATE TABLE api_key (
    id              ${id}    NOT NULL PRIMARY KEY,
    workspace_id    TEXT     NOT NULL,
    name            TEXT     NOT NULL,
    prefix          TEXT     NOT NULL,
    hash            ${bytes} NOT NULL,
    scopes          ${json},
    user_id         TEXT,
    status          TEXT     NOT NULL,
    expires_time    ${long},
    last_used_time  ${long},
    created_time    ${long}  NOT NULL,
    updated_time    ${long}  NOT NULL
);

CREATE UNIQUE INDEX api_key_by_hash ON api_key (hash);
CREATE INDEX api_key_by_workspace ON api_key (workspace_id, id);

-- At most one row: the first key of the installation. Whoever writes it was first.
CREATE TABLE api_key_first (
    id            INTEGER NOT NULL PRIMARY KEY,
    api_key_id    ${id}   NOT NULL,
    created_time  ${long} NOT NULL
);
