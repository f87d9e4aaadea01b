-- Whether a gateway still has sub-devices is asked for each device that is deleted. Direct devices, the many, are
-- not in the index: they are their own gateway.
CREATE INDEX device_below ON device (project_id, gateway_id) WHERE gateway_id <> device_id;
