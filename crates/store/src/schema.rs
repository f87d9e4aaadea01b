//! The schema's history. A migration that has landed never changes; what comes later is a new file. Old and new
//! programs run side by side during an upgrade, so expand first and contract one release later.

use db::Migration;

/// Every step, oldest first.
pub const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "first", sql: include_str!("../migrations/0001_first.sql"), beside: 1 },
    Migration {
        version: 2,
        name: "sub_devices",
        sql: include_str!("../migrations/0002_sub_devices.sql"),
        beside: 1,
    },
    Migration {
        version: 3,
        name: "transfer",
        sql: include_str!("../migrations/0003_transfer.sql"),
        beside: 1,
    },
    // Older programs know one user, the root, and refuse everybody else; what they write lacks what is new, which
    // is why it may be missing.
    Migration {
        version: 4,
        name: "identity",
        sql: include_str!("../migrations/0004_identity.sql"),
        beside: 1,
    },
    // From here on a migration changes one table that is in use. One that takes several and the nodes beside it would wait
    // for each other.
    Migration { version: 5, name: "devices", sql: include_str!("../migrations/0005_devices.sql"), beside: 1 },
    Migration {
        version: 6,
        name: "products",
        sql: include_str!("../migrations/0006_products.sql"),
        beside: 1,
    },
    // Batch tasks of this version are jobs of another kind, so older programs leave alone what they would not understand.
    Migration {
        version: 7,
        name: "batch_tasks",
        sql: include_str!("../migrations/0007_batch_tasks.sql"),
        beside: 1,
    },
    Migration {
        version: 8,
        name: "subtasks",
        sql: include_str!("../migrations/0008_subtasks.sql"),
        beside: 1,
    },
    Migration { version: 9, name: "fleet", sql: include_str!("../migrations/0009_fleet.sql"), beside: 1 },
    Migration {
        version: 10,
        name: "subtask_status",
        sql: include_str!("../migrations/0010_subtask_status.sql"),
        beside: 1,
    },
];
