-- The account, which all users and projects belong to, and the number of changes to what anybody may do.
CREATE TABLE iam_domain (
  domain_id TEXT PRIMARY KEY,
  domain_name TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE TABLE iam_revision (
  one BIGINT PRIMARY KEY,
  revision BIGINT NOT NULL
);
INSERT INTO iam_revision (one, revision) VALUES (1, 1);

-- What programs of before this know nothing of, so that all of it may be missing.
ALTER TABLE project ADD COLUMN project_name TEXT;
ALTER TABLE project ADD COLUMN description TEXT;
ALTER TABLE project ADD COLUMN enterprise_project_id TEXT;
ALTER TABLE app ADD COLUMN enterprise_project_id TEXT;
ALTER TABLE iam_user ADD COLUMN description TEXT;
ALTER TABLE iam_user ADD COLUMN disabled BIGINT;
ALTER TABLE iam_user ADD COLUMN password_hash TEXT;
ALTER TABLE access_key ADD COLUMN description TEXT;
ALTER TABLE access_key ADD COLUMN disabled BIGINT;
ALTER TABLE export_task ADD COLUMN source_app_id TEXT;

CREATE TABLE iam_group (
  group_id TEXT PRIMARY KEY,
  group_name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);
CREATE TABLE iam_member (
  group_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  PRIMARY KEY (group_id, user_id)
);
CREATE INDEX iam_member_of ON iam_member (user_id);
CREATE TABLE iam_policy (
  policy_id TEXT PRIMARY KEY,
  policy_name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  document TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL
);
-- To a group, a user or an agency, in one project or (an empty text) in every one.
CREATE TABLE iam_grant (
  grantee_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  policy_id TEXT NOT NULL,
  PRIMARY KEY (grantee_id, project_id, policy_id)
);
CREATE INDEX iam_grant_of ON iam_grant (policy_id);
CREATE TABLE iam_agency (
  agency_id TEXT PRIMARY KEY,
  agency_name TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL,
  created_ms BIGINT NOT NULL
);

-- What is given for a time. agency_id: the agency that the user has assumed, whose rights count then.
CREATE TABLE iam_token (
  token_sha256 TEXT PRIMARY KEY,
  user_id TEXT NOT NULL,
  agency_id TEXT,
  project_id TEXT,
  methods TEXT NOT NULL,
  issued_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX iam_token_by_end ON iam_token (expires_ms);
CREATE INDEX iam_token_of ON iam_token (user_id);
CREATE TABLE temporary_key (
  access_key_id TEXT PRIMARY KEY,
  secret_sealed BLOB NOT NULL,
  token_sha256 TEXT NOT NULL,
  user_id TEXT NOT NULL,
  agency_id TEXT,
  project_id TEXT NOT NULL,
  policy TEXT,
  created_ms BIGINT NOT NULL,
  expires_ms BIGINT NOT NULL
);
CREATE INDEX temporary_key_by_end ON temporary_key (expires_ms);
CREATE INDEX temporary_key_of ON temporary_key (user_id);

-- What was done, by whom, and how it was decided.
CREATE TABLE audit (
  audit_id TEXT PRIMARY KEY,
  time_ms BIGINT NOT NULL,
  request_id TEXT NOT NULL,
  project_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  line TEXT NOT NULL
);
CREATE INDEX audit_by_time ON audit (time_ms);
