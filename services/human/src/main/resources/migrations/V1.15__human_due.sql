-- When due_time came while nobody had answered. The wake-up itself is a task of kind human_due.
ALTER TABLE human_task ADD COLUMN escalated_time ${long};
