-- The subtasks in any status, in order: while a task runs, those that wait and those that succeeded are as hard to find
-- among each other as the few that failed.
CREATE INDEX subtask_status ON subtask (task_id, status, ordinal);
DROP INDEX subtask_other;
