-- 1: a row of events that only those want who follow live; it goes some time after the end of its run.
ALTER TABLE run_event ADD COLUMN transient INTEGER;

CREATE INDEX run_event_transient ON run_event (run_id, seq) WHERE transient = 1;
