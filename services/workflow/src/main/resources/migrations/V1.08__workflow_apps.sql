-- What a caller groups workflows under.
CREATE TABLE workflow_app (
    id            ${id}   NOT NULL PRIMARY KEY,
    workspace_id  TEXT    NOT NULL,
    code          TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    description   TEXT,
    created_time  ${long} NOT NULL,
    updated_time  ${long} NOT NULL,
    UNIQUE (workspace_id, code)
);

CREATE INDEX workflow_app_by_workspace ON workflow_app (workspace_id, id);

-- app_id is the caller's own name, so it is no key of workflow_app.
CREATE TABLE workflow_app_version (
    id                   ${id}   NOT NULL PRIMARY KEY,
    workspace_id         TEXT    NOT NULL,
    app_id               TEXT    NOT NULL,
    version_no           INTEGER NOT NULL,
    workflow_version_id  ${id},
    config               ${json},
    status               TEXT    NOT NULL,
    created_time         ${long} NOT NULL,
    UNIQUE (workspace_id, app_id, version_no)
);

CREATE INDEX workflow_app_version_by_workspace ON workflow_app_version (workspace_id, id);
