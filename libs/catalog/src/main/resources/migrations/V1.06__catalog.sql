-- Something that can be run or used: its names, and which of its versions counts.
-- published_version_id is the published version with the highest number, null while there is none.
CREATE TABLE definition (
    id                    ${id}   NOT NULL PRIMARY KEY,
    workspace_id          TEXT    NOT NULL,
    kind                  TEXT    NOT NULL,
    code                  TEXT    NOT NULL,
    name                  TEXT    NOT NULL,
    app_id                TEXT,
    description           TEXT,
    published_version_id  ${id},
    last_no               INTEGER NOT NULL,
    created_time          ${long} NOT NULL,
    updated_time          ${long} NOT NULL,
    UNIQUE (workspace_id, kind, code)
);

CREATE INDEX definition_by_kind ON definition (workspace_id, kind, id);

-- The body never changes; only the status does.
CREATE TABLE definition_version (
    id              ${id}   NOT NULL PRIMARY KEY,
    workspace_id    TEXT    NOT NULL,
    definition_id   ${id}   NOT NULL,
    version_no      INTEGER NOT NULL,
    status          TEXT    NOT NULL,
    body            ${json} NOT NULL,
    created_time    ${long} NOT NULL,
    published_time  ${long},
    UNIQUE (definition_id, version_no)
);

CREATE INDEX definition_version_by_workspace ON definition_version (workspace_id, id);
