//! `unlade agency`.

use clap::Subcommand;
use domain::Action;
use domain::iam::names;
use serde_json::{Value as Json, json};
use store::identity::{self, Grantee};
use types::time;

use super::{Verb, answer::Answer, desk::Desk, given, policies};
use crate::error::Error;

/// Agencies: rights that users assume for a time
#[derive(Subcommand)]
pub(crate) enum Agency {
    /// Make an agency, which has no right until a policy is granted to it
    Create {
        /// Its name
        name: String,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "")]
        description: String,
    },
    /// All agencies
    List,
    /// One agency, with its policies
    Show {
        /// Name or id
        agency: String,
    },
    /// Delete an agency; whoever has assumed it may do nothing more by it
    Delete {
        /// Name or id
        agency: String,
    },
}

const COLUMNS: &[&str] = &["name", "id", "created", "description"];
const ONE: &[&str] = &["name", "id", "created", "description", "policies"];

fn shown(agency: &identity::Agency) -> Json {
    json!({
        "name": agency.agency_name,
        "id": agency.agency_id,
        "description": agency.description,
        "created": time::iso_ms(agency.created_ms),
    })
}

impl Verb for Agency {
    const NOUN: &str = "agency";

    fn run(self, desk: &Desk) -> Result<Answer, Error> {
        match self {
            Self::Create { name, description } => {
                let name = given::checked("NAME", &names::NAME64, name)?;
                let description = given::checked("--description", &names::DESCRIPTION, description)?;
                let permit = desk.permit(Action::IAM_AGENCIES_CREATE)?;
                let agency = desk.wait(desk.store.create_agency(&permit, name, description))?;
                Ok(Answer::of(COLUMNS, shown(&agency)))
            }
            Self::List => {
                let permit = desk.permit(Action::IAM_AGENCIES_LIST)?;
                let agencies = desk.wait(desk.store.list_agencies(&permit, None))?;
                Ok(Answer::of(COLUMNS, agencies.iter().map(shown).collect::<Vec<_>>()))
            }
            Self::Show { agency } => {
                let agency = desk.agency(&agency)?;
                let mut shown = shown(&agency);
                shown["policies"] = policies::granted(desk, &Grantee::Agency(agency.agency_id))?;
                Ok(Answer::of(ONE, shown))
            }
            Self::Delete { agency } => {
                let agency = desk.agency(&agency)?;
                let permit = desk.permit(Action::IAM_AGENCIES_DELETE)?;
                desk.wait(desk.store.delete_agency(&permit, agency.agency_id.clone()))?;
                Ok(Answer::words(format!("Agency {} is deleted.", agency.agency_name), shown(&agency)))
            }
        }
    }
}
