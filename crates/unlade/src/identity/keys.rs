//! `unlade key`.

use domain::iam::names;
use std::{io::Write, path::Path, path::PathBuf};

use blob::disk;
use clap::Subcommand;
use domain::Action;
use serde_json::{Value as Json, json};
use store::identity::AccessKey;
use types::time;

use super::{Verb, answer::Answer, desk::Desk, given};
use crate::{error::Error, serve::credentials};

/// Access keys of users, and the master key that seals them
#[derive(Subcommand)]
pub(crate) enum Key {
    /// Make an access key for a user; its secret is shown this once
    Create(Create),
    /// All access keys, or those of one user
    List {
        /// Name or id
        #[arg(long)]
        user: Option<String>,
    },
    /// Let a disabled key count again
    Enable {
        /// The Access Key Id
        access_key: String,
    },
    /// Let a key count no more
    Disable {
        /// The Access Key Id
        access_key: String,
    },
    /// Delete a key for good
    Delete {
        /// The Access Key Id
        access_key: String,
    },
    /// Replace the master key and seal every secret anew; no server may be running
    Rotate,
}

#[derive(clap::Args)]
pub(crate) struct Create {
    /// Whose it is: name or id
    #[arg(long)]
    user: String,
    /// The project of calls that name none, by name or id [default: the oldest]
    #[arg(long)]
    project: Option<String>,
    /// What it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
    /// Write it to a new file that only you may read, and show no secret
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

const COLUMNS: &[&str] = &["access_key_id", "user", "enabled", "created", "description"];
const MADE: &[&str] = &["access_key_id", "secret_access_key", "user", "project_id", "app_id"];
const WRITTEN: &[&str] = &["access_key_id", "user", "project_id", "app_id", "file"];

impl Verb for Key {
    const NOUN: &str = "key";

    fn run(self, desk: &Desk) -> Result<Answer, Error> {
        match self {
            Self::Create(order) => create(desk, order),
            Self::List { user } => list(desk, user.as_deref()),
            Self::Enable { access_key } => switch(desk, access_key, true),
            Self::Disable { access_key } => switch(desk, access_key, false),
            Self::Delete { access_key } => {
                let permit = desk.permit(Action::IAM_CREDENTIALS_DELETE)?;
                desk.wait(desk.store.delete_key(&permit, access_key.clone()))?;
                let json = json!({ "access_key_id": access_key });
                Ok(Answer::words(format!("Access key {access_key} is deleted."), json))
            }
            Self::Rotate => Err(Error::Refused("the master key is rotated without a server".into())),
        }
    }
}

fn create(desk: &Desk, order: Create) -> Result<Answer, Error> {
    let description = given::checked("--description", &names::DESCRIPTION, order.description)?;
    let user = desk.user(&order.user)?;
    let project = desk.project(order.project.as_deref())?;
    let default_app = desk.apps(&project.project_id)?.into_iter().find(|app| app.default_app);
    let app_id = default_app.map(|app| app.app_id).unwrap_or_default();
    // Before the key, so that none is made that cannot be written down.
    let file = order.output.as_deref().map(disk::create_private).transpose();
    let mut file = file.map_err(|error| Error::Input(format!("--output: {error}")))?;
    let permit = desk.permit(Action::IAM_CREDENTIALS_CREATE)?;
    let project_id = project.project_id;
    let made = desk.wait(desk.store.create_key(&permit, user.user_id, Some(project_id.clone()), description));
    let (key, secret) = made.inspect_err(|_| give_up(order.output.as_deref()))?;
    let access_key_id = key.access_key_id;
    let mut shown = json!({
        "access_key_id": access_key_id, "user": user.user_name, "project_id": project_id, "app_id": app_id,
    });
    let (Some(file), Some(path)) = (&mut file, &order.output) else {
        shown["secret_access_key"] = secret.into();
        return Ok(Answer::of(MADE, shown));
    };
    let text = format!("{}\n{access_key_id},{secret},{project_id},{app_id}\n", credentials::HEADER);
    if let Err(error) = file.write_all(text.as_bytes()).and_then(|()| file.sync_all()) {
        give_up(order.output.as_deref());
        desk.wait(desk.store.delete_key(&permit, access_key_id))?;
        return Err(Error::System(format!("write {}, so the key is deleted again", path.display()), error));
    }
    shown["file"] = path.display().to_string().into();
    Ok(Answer::of(WRITTEN, shown))
}

/// Removes the file of a key that is none.
fn give_up(file: Option<&Path>) {
    if let Some(path) = file {
        let _ = disk::remove_file(path);
    }
}

fn list(desk: &Desk, user: Option<&str>) -> Result<Answer, Error> {
    let user_id = user.map(|user| desk.user(user)).transpose()?.map(|user| user.user_id);
    let permit = desk.permit(Action::IAM_CREDENTIALS_LIST)?;
    let keys = desk.wait(desk.store.list_keys(&permit, user_id))?;
    let shown: Result<Vec<Json>, Error> = keys.iter().map(|key| shown(desk, key)).collect();
    Ok(Answer::of(COLUMNS, shown?))
}

fn switch(desk: &Desk, access_key: String, enabled: bool) -> Result<Answer, Error> {
    let permit = desk.permit(Action::IAM_CREDENTIALS_UPDATE)?;
    let key = desk.wait(desk.store.update_key(&permit, access_key, None, Some(enabled)))?;
    Ok(Answer::of(COLUMNS, shown(desk, &key)?))
}

fn shown(desk: &Desk, key: &AccessKey) -> Result<Json, Error> {
    let permit = desk.permit(Action::IAM_USERS_GET)?;
    let user = desk.wait(desk.store.show_user(&permit, key.user_id.clone()))?;
    Ok(json!({
        "access_key_id": key.access_key_id,
        "user": user.user_name,
        "user_id": key.user_id,
        "description": key.description,
        "enabled": key.enabled,
        "created": time::iso_ms(key.created_ms),
    }))
}
