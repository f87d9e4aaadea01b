//! `updateDeviceShadows`: what UpdateDeviceShadowDesiredData does, for each target with the shadow of the document.

use db::Tx;
use domain::order::{Fields, shadow};
use store::{devices::Each, products::Fits, shadows, subtasks::Subtask};
use types::{Code, shadow::Desired, text};

use crate::{Effect, Kind, Task, kind::each};

/// `updateDeviceShadows`
pub(super) struct UpdateDeviceShadows;

/// Services in one document.
const SERVICES_MAX: usize = 5;
/// Bytes of them as JSON.
const BYTES_MAX: usize = 10 << 10;

impl Kind for UpdateDeviceShadows {
    fn task_type(&self) -> &'static str {
        "updateDeviceShadows"
    }

    fn document(&self) -> Option<fn(&mut Fields<'_>)> {
        Some(|document| drop(services(document)))
    }

    fn execute(&self, tx: &mut dyn Tx, task: &Task<'_>, subtasks: &[Subtask]) -> Each<Effect> {
        let mut fields = Fields::of(task.document, Code::InvalidInput)?;
        let services = services(&mut fields);
        let services = fields.finish(services)?;
        let mut fits = Fits::default();
        each(subtasks, |subtask| {
            shadows::desire(tx, task.context, task.reach, &subtask.target, &services, &mut fits)
                .map(Effect::done_to)
        })
    }
}

fn services(document: &mut Fields<'_>) -> Vec<Desired> {
    let services = shadow(document);
    let services = document.required("shadow", services);
    let bytes = document.json("shadow").map_or(0, |given| given.to_string().len());
    if services.len() > SERVICES_MAX || bytes > BYTES_MAX {
        let why = text!(
            "must be at most {SERVICES_MAX} services in {BYTES_MAX} bytes",
            "不能超过{SERVICES_MAX}个服务，且不能超过{BYTES_MAX}字节"
        );
        document.wrong("shadow", why);
    }
    // The devices of a task have not all the same version.
    services.into_iter().map(|service| Desired { version: None, ..service }).collect()
}
