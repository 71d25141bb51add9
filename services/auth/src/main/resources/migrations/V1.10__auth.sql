-- A person, or a program, that may be given roles.
CREATE TABLE auth_user (
    id             ${id}   NOT NULL PRIMARY KEY,
    workspace_id   TEXT    NOT NULL,
    username       TEXT    NOT NULL,
    display_name   TEXT,
    email          TEXT,
    password_hash  TEXT,
    status         TEXT    NOT NULL,
    created_time   ${long} NOT NULL,
    updated_time   ${long} NOT NULL
);

CREATE UNIQUE INDEX auth_user_by_username ON auth_user (workspace_id, username);
CREATE INDEX auth_user_by_workspace ON auth_user (workspace_id, id);

-- A named set of rights.
CREATE TABLE auth_role (
    id            ${id}   NOT NULL PRIMARY KEY,
    workspace_id  TEXT    NOT NULL,
    code          TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    permissions   ${json} NOT NULL,
    created_time  ${long} NOT NULL,
    updated_time  ${long} NOT NULL
);

CREATE UNIQUE INDEX auth_role_by_code ON auth_role (workspace_id, code);
CREATE INDEX auth_role_by_workspace ON auth_role (workspace_id, id);

CREATE TABLE auth_assignment (
    id            ${id}   NOT NULL PRIMARY KEY,
    workspace_id  TEXT    NOT NULL,
    user_id       ${id}   NOT NULL,
    role_id       ${id}   NOT NULL,
    created_time  ${long} NOT NULL
);

CREATE UNIQUE INDEX auth_assignment_once ON auth_assignment (workspace_id, user_id, role_id);
CREATE INDEX auth_assignment_by_role ON auth_assignment (workspace_id, role_id);
CREATE INDEX auth_assignment_by_workspace ON auth_assignment (workspace_id, id);

-- One link of a chain that began with a sign-in; each is used once. Only the SHA-256 of its text is kept.
CREATE TABLE auth_refresh_token (
    id            ${id}    NOT NULL PRIMARY KEY,
    workspace_id  TEXT     NOT NULL,
    family_id     ${id}    NOT NULL,
    user_id       ${id}    NOT NULL,
    hash          ${bytes} NOT NULL,
    status        TEXT     NOT NULL,
    expires_time  ${long}  NOT NULL,
    created_time  ${long}  NOT NULL
);

CREATE UNIQUE INDEX auth_refresh_token_by_hash ON auth_refresh_token (hash);
CREATE INDEX auth_refresh_token_by_family ON auth_refresh_token (workspace_id, family_id);
CREATE INDEX auth_refresh_token_by_user ON auth_refresh_token (workspace_id, user_id);
CREATE INDEX auth_refresh_token_by_expiry ON auth_refresh_token (expires_time);
