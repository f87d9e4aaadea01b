-- An embedded installation that is, or was, copied into this database: while it is not finished, nobody serves it.
CREATE TABLE transfer (
  instance_id TEXT PRIMARY KEY,
  begun_ms BIGINT NOT NULL,
  finished_ms BIGINT
);
