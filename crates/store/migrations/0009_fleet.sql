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
