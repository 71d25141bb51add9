-- A limit. `scope` is `workspace`, or the type and an id: `user:u`, `definition:…`, `run:…`. A limit that is null is none.
CREATE TABLE budget (
    workspace_id     TEXT    NOT NULL,
    id               ${id}   NOT NULL,
    code             TEXT,
    scope_type       TEXT    NOT NULL,
    scope            TEXT    NOT NULL,
    max_cost         ${long},
    max_tokens       ${long},
    max_steps        ${long},
    max_seconds      ${long},
    period           TEXT    NOT NULL,
    on_exceed        TEXT    NOT NULL,
    assigned_to      TEXT,
    created_time     ${long} NOT NULL,
    updated_time     ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX budget_by_scope ON budget (workspace_id, scope);
CREATE INDEX budget_by_type ON budget (workspace_id, scope_type, id);
CREATE UNIQUE INDEX budget_by_code ON budget (workspace_id, code) WHERE code IS NOT NULL;

-- What was used in one period of a budget, what is set aside for calls under way, and by how much people have raised the
-- limit for this period. `period_key` is the begin of the period, the id of the run of which each has its own, or ''.
-- `told`: the event that it was exceeded is out.
CREATE TABLE budget_use (
    workspace_id     TEXT    NOT NULL,
    budget_id        ${id}   NOT NULL,
    period_key       TEXT    NOT NULL,
    used_cost        ${long} NOT NULL,
    used_tokens      ${long} NOT NULL,
    used_steps       ${long} NOT NULL,
    reserved_cost    ${long} NOT NULL,
    reserved_tokens  ${long} NOT NULL,
    extra_cost       ${long} NOT NULL,
    extra_tokens     ${long} NOT NULL,
    extra_steps      ${long} NOT NULL,
    extra_seconds    ${long} NOT NULL,
    told             ${flag} NOT NULL,
    PRIMARY KEY (workspace_id, budget_id, period_key)
);

-- What is set aside for a call under way, until `expires_time` at the latest. A step leaves one without, so that it is
-- counted once however often it begins.
CREATE TABLE budget_entry (
    workspace_id     TEXT    NOT NULL,
    budget_id        ${id}   NOT NULL,
    id               ${id}   NOT NULL,
    period_key       TEXT    NOT NULL,
    cost             ${long} NOT NULL,
    tokens           ${long} NOT NULL,
    expires_time     ${long},
    PRIMARY KEY (workspace_id, budget_id, id)
);

CREATE INDEX budget_entry_by_expiry ON budget_entry (workspace_id, budget_id, expires_time)
    WHERE expires_time IS NOT NULL;

-- A step that waits until somebody raises a budget; `id` is that of the task for people.
CREATE TABLE budget_hold (
    workspace_id     TEXT    NOT NULL,
    id               ${id}   NOT NULL,
    budget_id        ${id}   NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX budget_hold_by_budget ON budget_hold (workspace_id, budget_id, id);
