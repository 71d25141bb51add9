-- Providers of models that a workspace registered. `sealed_key` opens only for this row.
CREATE TABLE model_provider (
    workspace_id    TEXT    NOT NULL,
    id              ${id}   NOT NULL,
    name            TEXT    NOT NULL,
    kind            TEXT    NOT NULL,
    base_url        TEXT    NOT NULL,
    sealed_key      TEXT,
    models          ${json} NOT NULL,
    limits          ${json} NOT NULL,
    fallback        ${json} NOT NULL,
    enabled         ${flag} NOT NULL,
    created_time    ${long} NOT NULL,
    updated_time    ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE UNIQUE INDEX model_provider_by_name ON model_provider (workspace_id, name);

-- One row for each call of a model; lists and sums go by the id, which is made from the time.
CREATE TABLE model_usage (
    workspace_id      TEXT    NOT NULL,
    id                ${id}   NOT NULL,
    provider          TEXT    NOT NULL,
    model             TEXT    NOT NULL,
    operation         TEXT    NOT NULL,
    status            TEXT    NOT NULL,
    error_code        TEXT,
    streamed          ${flag} NOT NULL,
    user_id           TEXT,
    api_key_id        ${id},
    run_id            ${id},
    step_id           ${id},
    definition_id     ${id},
    prompt_tokens     ${long} NOT NULL,
    completion_tokens ${long} NOT NULL,
    estimated         ${flag} NOT NULL,
    cost_micros       ${long},
    latency_ms        ${long} NOT NULL,
    created_time      ${long} NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX model_usage_by_run ON model_usage (workspace_id, run_id, id) WHERE run_id IS NOT NULL;
