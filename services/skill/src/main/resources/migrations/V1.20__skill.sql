-- Where a skill is installed. A scope has a skill once.
CREATE TABLE skill_installation (
    id             ${id}   NOT NULL PRIMARY KEY,
    workspace_id   TEXT    NOT NULL,
    skill_id       ${id}   NOT NULL,
    install_scope  TEXT    NOT NULL,
    scope_id       TEXT    NOT NULL,
    installed_by   TEXT,
    status         TEXT    NOT NULL,
    created_time   ${long} NOT NULL,
    updated_time   ${long} NOT NULL,
    UNIQUE (workspace_id, skill_id, install_scope, scope_id)
);

CREATE INDEX skill_installation_by_scope ON skill_installation (workspace_id, install_scope, scope_id, id);
