//! What somebody else may do, for whoever asks about them.

use domain::{Caller, Permit};

use super::{access::Principal, access::revision, users};
use crate::{Error, Store};

impl Store {
    /// The caller that a user would be in a project, or in the account as a whole.
    pub async fn rights_in(
        &self,
        _permit: &Permit,
        user_id: String,
        project_id: String,
    ) -> Result<Caller, Error> {
        let (user, revision) =
            self.db.read(move |tx| Ok::<_, Error>((users::find(tx, &user_id)?, revision(tx)?))).await?;
        // As by a key of this project: without a right the answer is an empty one, and no refusal.
        let principal = Principal {
            user_id: user.user_id,
            user_name: user.user_name,
            root: user.root,
            project_id: project_id.clone(),
            session: None,
        };
        self.caller(principal, &project_id, revision).await
    }
}
