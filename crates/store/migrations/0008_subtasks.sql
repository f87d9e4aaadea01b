-- A subtask that is not done: what it waits for, until when, and how often it was tried again.
ALTER TABLE subtask ADD COLUMN stage TEXT;
ALTER TABLE subtask ADD COLUMN due_ms BIGINT;
ALTER TABLE subtask ADD COLUMN retries BIGINT;
CREATE INDEX subtask_due ON subtask (task_id, due_ms) WHERE due_ms IS NOT NULL;
-- Most subtasks succeed; the few that did not are what people look for.
CREATE INDEX subtask_other ON subtask (task_id, status, ordinal) WHERE status NOT IN ('Success', 'Waitting');
