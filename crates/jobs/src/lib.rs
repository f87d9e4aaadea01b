//! The job queue: claim, heartbeat, settle, with epoch fencing; Rescuer and Pruner.
