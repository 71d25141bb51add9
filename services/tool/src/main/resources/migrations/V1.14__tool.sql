-- Secrets for tools. `sealed` holds them encrypted under the operator's key; `fields` names them.
CREATE TABLE tool_credential (
    id               ${id}   NOT NULL,
    workspace_id     TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    credential_type  TEXT    NOT NULL,
    fields           ${json} NOT NULL,
    sealed           TEXT    NOT NULL,
    created_time     ${long} NOT NULL,
    updated_time     ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

-- How a tool is used somewhere: its address and options there, and the credential it takes.
-- tool_version_id is null when the latest published version counts.
CREATE TABLE tool_binding (
    id               ${id}   NOT NULL,
    workspace_id     TEXT    NOT NULL,
    tool_id          ${id}   NOT NULL,
    tool_version_id  ${id},
    scope_type       TEXT    NOT NULL,
    scope_id         TEXT    NOT NULL,
    config           ${json} NOT NULL,
    credential_id    ${id},
    created_time     ${long} NOT NULL,
    updated_time     ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX tool_binding_by_tool ON tool_binding (workspace_id, tool_id, id);
CREATE INDEX tool_binding_by_credential ON tool_binding (workspace_id, credential_id) WHERE credential_id IS NOT NULL;
