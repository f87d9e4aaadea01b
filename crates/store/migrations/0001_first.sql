-- Who and where.
CREATE TABLE instance (
  instance_id TEXT PRIMARY KEY
);
CREATE TABLE project (
  project_id TEXT PRIMARY KEY,
  created_ms BIGINT NOT NULL,
  devices BIGINT NOT NULL
);
CREATE TABLE iam_user (
  user_id TEXT PRIMARY KEY,
  user_name TEXT NOT NULL UNIQUE,
  root BIGINT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE TABLE access_key (
  access_key_id TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES iam_user (user_id),
  project_id TEXT NOT NULL REFERENCES project (project_id),
  secret_sealed BLOB NOT NULL,
  created_ms BIGINT NOT NULL
);
-- A row that every check of a limit touches first, so that two checks of one owner never run side by side.
CREATE TABLE gate (
  owner TEXT PRIMARY KEY,
  turn BIGINT NOT NULL
);

-- The registry.
CREATE TABLE app (
  project_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  app_name TEXT NOT NULL,
  default_app BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, app_id),
  UNIQUE (project_id, app_name)
);
CREATE TABLE product (
  project_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  name TEXT NOT NULL,
  device_type TEXT NOT NULL,
  protocol_type TEXT NOT NULL,
  data_format TEXT NOT NULL,
  manufacturer_name TEXT,
  industry TEXT,
  description TEXT,
  service_capabilities TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, product_id),
  UNIQUE (project_id, record_id)
);
CREATE TABLE device (
  project_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  product_id TEXT NOT NULL,
  node_id TEXT NOT NULL,
  gateway_id TEXT NOT NULL,
  device_name TEXT,
  description TEXT,
  node_type TEXT NOT NULL,
  status TEXT NOT NULL,
  frozen BIGINT NOT NULL,
  auth_type TEXT NOT NULL,
  secret_sealed BLOB,
  fingerprint TEXT,
  secure_access BIGINT NOT NULL,
  timeout_seconds BIGINT NOT NULL,
  extension_info TEXT,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, device_id),
  UNIQUE (project_id, product_id, node_id),
  UNIQUE (project_id, record_id)
);

-- Batch tasks. A file belongs to nobody until one task takes it.
CREATE TABLE batch_file (
  project_id TEXT NOT NULL,
  file_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  file_name TEXT NOT NULL,
  object_key TEXT NOT NULL,
  header TEXT NOT NULL,
  row_count BIGINT NOT NULL,
  uploaded_ms BIGINT NOT NULL,
  task_id TEXT,
  PRIMARY KEY (project_id, file_id)
);
CREATE TABLE batch_task (
  project_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  task_name TEXT NOT NULL,
  task_type TEXT NOT NULL,
  document_source TEXT,
  document TEXT,
  status TEXT NOT NULL,
  status_desc TEXT,
  total BIGINT NOT NULL,
  waitting BIGINT NOT NULL,
  processing BIGINT NOT NULL,
  success BIGINT NOT NULL,
  fail BIGINT NOT NULL,
  fail_wait_retry BIGINT NOT NULL,
  stopped BIGINT NOT NULL,
  removed BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  changed_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, task_id)
);
CREATE TABLE subtask (
  task_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  target TEXT NOT NULL,
  status TEXT NOT NULL,
  output TEXT,
  error_code TEXT,
  error_msg TEXT,
  device_name TEXT,
  node_id TEXT,
  row_number BIGINT,
  input TEXT,
  started_ms BIGINT,
  ended_ms BIGINT,
  PRIMARY KEY (task_id, ordinal)
) {clustered};
CREATE INDEX subtask_target ON subtask (task_id, target);
-- Batch tasks that were deleted and whose subtasks the Pruner still has to remove.
CREATE TABLE doomed_task (
  task_id TEXT PRIMARY KEY
);

-- Export tasks and the one result of each condition.
CREATE TABLE export_task (
  project_id TEXT NOT NULL,
  export_task_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  condition_key TEXT NOT NULL,
  resource_type TEXT NOT NULL,
  resource_condition TEXT NOT NULL,
  export_format TEXT NOT NULL,
  app_type TEXT NOT NULL,
  app_id TEXT,
  language TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL,
  export_count BIGINT NOT NULL,
  progress BIGINT NOT NULL,
  failure TEXT,
  created_ms BIGINT NOT NULL,
  ended_ms BIGINT,
  PRIMARY KEY (project_id, export_task_id)
);
CREATE INDEX export_task_user ON export_task (user_id, export_task_id);
CREATE INDEX export_task_condition ON export_task (condition_key, status);
CREATE TABLE export_result (
  condition_key TEXT PRIMARY KEY,
  made_by TEXT NOT NULL,
  object_key TEXT NOT NULL,
  bytes BIGINT NOT NULL,
  sha256 TEXT NOT NULL
);
CREATE TABLE download (
  user_id TEXT PRIMARY KEY,
  started_ms BIGINT NOT NULL,
  sha256 TEXT NOT NULL
);
-- Objects that nothing refers to any more; the Pruner deletes them.
CREATE TABLE object_garbage (
  object_key TEXT PRIMARY KEY,
  doomed_ms BIGINT NOT NULL
);

-- Work to be done; a settled job is deleted.
CREATE TABLE job (
  job_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  project_id TEXT NOT NULL,
  run_at_ms BIGINT NOT NULL,
  owner TEXT,
  epoch BIGINT NOT NULL,
  lease_until_ms BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  last_error TEXT
);
CREATE INDEX job_due ON job (kind, run_at_ms);
