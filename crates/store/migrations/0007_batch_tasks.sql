-- When a task goes on by itself, and what it was ordered with. The subtasks of a task whose targets are groups are made
-- when it starts; of one that is being retried, those up to retry_from wait anew.
ALTER TABLE batch_task ADD COLUMN due_ms BIGINT;
ALTER TABLE batch_task ADD COLUMN targets_filter TEXT;
ALTER TABLE batch_task ADD COLUMN schedule_ms BIGINT;
ALTER TABLE batch_task ADD COLUMN retry_count BIGINT;
ALTER TABLE batch_task ADD COLUMN retry_interval BIGINT;
ALTER TABLE batch_task ADD COLUMN need_confirm BIGINT;
ALTER TABLE batch_task ADD COLUMN task_ext_info TEXT;
ALTER TABLE batch_task ADD COLUMN task_mode TEXT;
ALTER TABLE batch_task ADD COLUMN retry_from BIGINT;
CREATE INDEX batch_task_due ON batch_task (due_ms) WHERE due_ms IS NOT NULL;
