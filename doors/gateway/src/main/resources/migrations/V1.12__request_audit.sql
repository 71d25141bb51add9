-- One row for each answered request. `user_id` is for whom it was done, `acting_user_id` who did it when that is somebody
-- else. `duration_bucket` is the step of the histogram that holds the duration; event streams have none.
CREATE TABLE gateway_request_audit (
    workspace_id    TEXT       NOT NULL,
    id              ${id}      NOT NULL,
    created_time    ${long}    NOT NULL,
    method          TEXT       NOT NULL,
    path            TEXT       NOT NULL,
    status          INTEGER    NOT NULL,
    duration_ms     ${decimal} NOT NULL,
    duration_bucket INTEGER,
    service         TEXT       NOT NULL,
    request_id      TEXT       NOT NULL,
    api_key_id      ${id},
    user_id         TEXT,
    acting_user_id  TEXT,
    client_address  TEXT       NOT NULL,
    bytes_in        ${long}    NOT NULL,
    bytes_out       ${long}    NOT NULL,
    PRIMARY KEY (workspace_id, id)
);

CREATE INDEX gateway_request_audit_by_request ON gateway_request_audit (workspace_id, request_id);
CREATE INDEX gateway_request_audit_by_time ON gateway_request_audit (created_time);
