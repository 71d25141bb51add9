-- How many tasks of a queue may be owned at a time. A queue without a row has no limit of its own.
CREATE TABLE queue_limit (
    queue         ${ordered} NOT NULL PRIMARY KEY,
    workspace_id  TEXT    NOT NULL,
    owned_max     INTEGER NOT NULL
);

-- Only queues with a limit have a slash in their name; the others pay nothing for this index.
CREATE INDEX task_owned_limited ON task (queue) WHERE status = 'owned' AND replace(queue, '/', '') <> queue;
