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
DROP INDEX device_below;
CREATE INDEX device_below ON device (project_id, gateway_id, record_id, device_id) WHERE gateway_id <> device_id;
