-- What programs of before this know nothing of, so that all of it may be missing.
ALTER TABLE device ADD COLUMN secondary_secret_sealed BLOB;
ALTER TABLE device ADD COLUMN secondary_fingerprint TEXT;
ALTER TABLE device ADD COLUMN fw_version TEXT;
ALTER TABLE device ADD COLUMN sw_version TEXT;
-- When a device goes that has not been activated by then; one that was added before this is kept.
ALTER TABLE device ADD COLUMN expires_ms BIGINT;
CREATE INDEX device_by_end ON device (expires_ms) WHERE expires_ms IS NOT NULL AND status = 'INACTIVE';
-- How many sub-devices a gateway has, on both levels; kept at the gateway that is connected itself.
ALTER TABLE device ADD COLUMN below BIGINT;
UPDATE device SET below = (SELECT COUNT(*) FROM device c JOIN device m ON m.project_id = c.project_id
      AND m.device_id = c.gateway_id
    WHERE c.project_id = device.project_id AND c.gateway_id <> c.device_id
      AND (c.gateway_id = device.device_id OR m.gateway_id = device.device_id))
  WHERE gateway_id = device_id
    AND device_id IN (SELECT g.gateway_id FROM device g WHERE g.gateway_id <> g.device_id);
-- The list of devices by whatever it is narrowed to, in its own order. The name is there to be looked at without the row.
-- The project stands second: PostgreSQL, which knows nothing of a new table, takes the youngest of the indexes that begin
-- with what is asked, and must not look for one device among all of a project's.
CREATE INDEX device_of_app ON device (app_id, project_id, record_id, device_name);
CREATE INDEX device_of_product ON device (product_id, project_id, record_id, device_name);
-- How many devices of a product there are; counted when the program starts.
ALTER TABLE product ADD COLUMN devices BIGINT;
DROP INDEX device_below;
CREATE INDEX device_below ON device (project_id, gateway_id, record_id, device_id) WHERE gateway_id <> device_id;

-- Apps that were deleted and whose contents the Pruner still has to remove.
CREATE TABLE doomed_app (
  project_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  PRIMARY KEY (project_id, app_id)
);

-- Groups. A dynamic one has a rule in place of members; devices counts the members of a static one.
CREATE TABLE device_group (
  project_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT,
  super_group_id TEXT,
  group_type TEXT NOT NULL,
  dynamic_group_rule TEXT,
  devices BIGINT NOT NULL,
  created_ms BIGINT NOT NULL,
  modified_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, group_id),
  UNIQUE (project_id, record_id)
);
CREATE INDEX device_group_below ON device_group (project_id, super_group_id) WHERE super_group_id IS NOT NULL;
CREATE TABLE group_member (
  project_id TEXT NOT NULL,
  group_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  PRIMARY KEY (project_id, group_id, device_id)
);
CREATE INDEX group_member_of ON group_member (project_id, device_id);
-- record_id is the device's, so that the devices of every group are listed in one order.
CREATE INDEX group_member_listed ON group_member (project_id, group_id, record_id);

-- record_id is the device's, which is the order of what has a tag.
CREATE TABLE tag (
  project_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  tag_key TEXT NOT NULL,
  tag_value TEXT,
  record_id TEXT NOT NULL,
  PRIMARY KEY (project_id, device_id, tag_key)
);
CREATE INDEX tag_with ON tag (tag_value, tag_key, project_id, record_id);
CREATE INDEX tag_of ON tag (tag_key, project_id, record_id);

-- One service of a device's shadow; desired and reported are JSON objects.
CREATE TABLE shadow (
  project_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  service_id TEXT NOT NULL,
  desired TEXT,
  desired_ms BIGINT,
  reported TEXT,
  reported_ms BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (project_id, device_id, service_id)
);

-- What is kept for a device until it can be reached.
CREATE TABLE device_message (
  project_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  message_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  name TEXT,
  message TEXT NOT NULL,
  encoding TEXT NOT NULL,
  payload_format TEXT NOT NULL,
  topic TEXT,
  topic_full_name TEXT,
  properties TEXT,
  status TEXT NOT NULL,
  error_code TEXT,
  error_msg TEXT,
  created_ms BIGINT NOT NULL,
  finished_ms BIGINT,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, device_id, message_id)
);
CREATE INDEX device_message_by_end ON device_message (expires_ms) WHERE status = 'PENDING';
CREATE TABLE async_command (
  project_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  command_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  service_id TEXT,
  command_name TEXT,
  paras TEXT NOT NULL,
  expire_seconds BIGINT NOT NULL,
  send_strategy TEXT NOT NULL,
  status TEXT NOT NULL,
  result TEXT,
  created_ms BIGINT NOT NULL,
  sent_ms BIGINT,
  delivered_ms BIGINT,
  response_ms BIGINT,
  expires_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, device_id, command_id)
);
CREATE INDEX async_command_by_end ON async_command (expires_ms) WHERE status = 'PENDING';

-- What devices are upgraded to. object_key: a file that was uploaded here; otherwise file_location says where it lies.
CREATE TABLE ota_package (
  project_id TEXT NOT NULL,
  package_id TEXT NOT NULL,
  app_id TEXT NOT NULL,
  package_type TEXT NOT NULL,
  product_id TEXT NOT NULL,
  version TEXT NOT NULL,
  support_source_versions TEXT,
  description TEXT,
  custom_info TEXT,
  module_name TEXT,
  file_location TEXT,
  object_key TEXT,
  file_name TEXT,
  bytes BIGINT,
  sha256 TEXT,
  created_ms BIGINT NOT NULL,
  PRIMARY KEY (project_id, package_id)
);
CREATE INDEX ota_package_of ON ota_package (project_id, product_id);
CREATE INDEX ota_package_object ON ota_package (object_key) WHERE object_key IS NOT NULL;
-- The one upgrade that a device may have in flight, and whose it is.
CREATE TABLE device_upgrade (
  project_id TEXT NOT NULL,
  device_id TEXT NOT NULL,
  task_id TEXT NOT NULL,
  ordinal BIGINT NOT NULL,
  PRIMARY KEY (project_id, device_id)
);
CREATE INDEX device_upgrade_of ON device_upgrade (task_id);

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
-- A subtask that is not done: what it waits for, until when, and how often it was tried again.
ALTER TABLE subtask ADD COLUMN stage TEXT;
ALTER TABLE subtask ADD COLUMN due_ms BIGINT;
ALTER TABLE subtask ADD COLUMN retries BIGINT;
CREATE INDEX subtask_due ON subtask (task_id, due_ms) WHERE due_ms IS NOT NULL;
-- Most subtasks succeed; the few that did not are what people look for.
CREATE INDEX subtask_other ON subtask (task_id, status, ordinal) WHERE status NOT IN ('Success', 'Waitting');
