//! The rules. After each thing that happens the database is looked at, and compared with what it said before: who
//! did it and under which claim tells what may have changed.

use std::collections::{BTreeMap, BTreeSet};

use store::jobs::{AHEAD_MAX_MS, ATTEMPTS_MAX, Claim};

use crate::{
    ground::limits,
    view::{Batch, Export, View},
};

/// What is done to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verb {
    Order,
    Delete,
    Claim,
    Beat,
    Publish,
    Fail,
    Release,
    Chunk,
    Finish,
    Rescue,
    Download,
    Tidy,
}

/// Something that was done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deed<'d> {
    pub(crate) verb: Verb,
    /// Under which claim.
    pub(crate) claim: Option<&'d Claim>,
    /// Whether it was answered as done.
    pub(crate) done: bool,
    /// What the clock of the node said.
    pub(crate) now_ms: i64,
    /// The object that it names.
    pub(crate) object: Option<&'d str>,
}

impl Deed<'_> {
    /// What needs no claim.
    pub(crate) fn of(verb: Verb, now_ms: i64) -> Self {
        Self { verb, claim: None, done: true, now_ms, object: None }
    }

    /// Whether it was done under the claim of `job_id`.
    fn is_of(&self, job_id: &str) -> bool {
        self.claim.is_some_and(|claim| claim.job_id == job_id)
    }
}

/// Watches one schedule.
#[derive(Default)]
pub(crate) struct Judge {
    pub(crate) view: View,
    /// Of each condition, the newest task that has succeeded since it last had none, and its object.
    newest: BTreeMap<String, (String, String)>,
    /// Objects that counted once.
    named: BTreeSet<String>,
}

type Verdict = Result<(), String>;

fn rule(holds: bool, broken: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(broken()) }
}

impl Judge {
    /// Judges what `deed` has made of the database.
    pub(crate) fn look(&mut self, deed: Deed<'_>, after: View, objects: &BTreeMap<String, i64>) -> Verdict {
        let before = std::mem::take(&mut self.view);
        claims(&before, &after, deed)?;
        leases(&before, &after, deed)?;
        for (id, was) in &before.exports {
            export(id, was, after.exports.get(id), &before, deed)?;
        }
        for (id, export) in &after.exports {
            ended(id, &export.status, export.status != "Processing", &after)?;
            let finished = export.progress == 100;
            rule(finished == (export.status == "Success"), || format!("{id}: progress {}", export.progress))?;
            rule(export.status != "Failed" || export.has_reason, || format!("{id} failed without a reason"))?;
        }
        for (id, batch) in &after.batches {
            ended(id, &batch.status, is_final(batch), &after)?;
            counters(id, before.batches.get(id), batch)?;
        }
        kept(&after)?;
        self.results(&before, &after, deed)?;
        self.view = after;
        self.objects(objects)
    }

    /// The file of a condition is that of its newest task that has succeeded.
    fn results(&mut self, before: &View, after: &View, deed: Deed<'_>) -> Verdict {
        if let (Verb::Publish, Some(claim), Some(object)) = (deed.verb, deed.claim, deed.object)
            && before.is_live(&claim.job_id, claim.epoch)
            && let Some(task) = after.exports.get(&claim.job_id)
            && task.status == "Success"
        {
            self.named.insert(object.to_owned());
            let newest = self.newest.entry(task.condition.clone()).or_default();
            if newest.0 < claim.job_id {
                *newest = (claim.job_id.clone(), object.to_owned());
            }
        }
        let succeeded = after.exports.values().filter(|task| task.status == "Success");
        let conditions: BTreeSet<&String> = succeeded.map(|task| &task.condition).collect();
        self.newest.retain(|condition, _| conditions.contains(condition));
        rule(after.results == self.newest, || {
            format!("the files are {:?}, not those of the newest: {:?}", after.results, self.newest)
        })
    }

    /// What is recorded is there; what counted once and does so no more waits to be deleted.
    pub(crate) fn objects(&mut self, objects: &BTreeMap<String, i64>) -> Verdict {
        for (made_by, key) in self.view.results.values() {
            rule(objects.contains_key(key), || format!("{key} of {made_by} is recorded but not there"))?;
            rule(!self.view.garbage.contains(key), || format!("{key} is served, and is garbage"))?;
        }
        let served: BTreeSet<&String> = self.view.results.values().map(|(_, key)| key).collect();
        self.named.retain(|key| objects.contains_key(key));
        for key in &self.named {
            let known = served.contains(key) || self.view.garbage.contains(key);
            rule(known, || format!("{key} counted once, and nothing remembers to delete it"))?;
        }
        Ok(())
    }

    /// What must be true once everything was let run until nothing is left to do.
    pub(crate) fn at_rest(&self, objects: &BTreeMap<String, i64>) -> Verdict {
        rule(self.view.jobs.is_empty(), || format!("never ended: {:?}", self.view.jobs))?;
        rule(self.view.garbage.is_empty(), || format!("never deleted: {:?}", self.view.garbage))?;
        let recorded: BTreeSet<&String> = self.view.results.values().map(|(_, key)| key).collect();
        for key in objects.keys() {
            rule(recorded.contains(key), || {
                format!("{key} is there after the sweep, and nothing records it")
            })?;
        }
        for (id, batch) in &self.view.batches {
            rule(batch.counters[1] == 0, || format!("{id} ended while subtasks wait"))?;
        }
        Ok(())
    }
}

/// A write without a live claim changes nothing, and is not answered as done.
fn claims(before: &View, after: &View, deed: Deed<'_>) -> Verdict {
    let Some(claim) = deed.claim else { return Ok(()) };
    if before.is_live(&claim.job_id, claim.epoch) {
        return rule(deed.done, || format!("{:?} under the live claim {claim:?} was refused", deed.verb));
    }
    rule(before == after, || format!("{:?} under the lost claim {claim:?} changed something", deed.verb))?;
    rule(!deed.done, || format!("{:?} under the lost claim {claim:?} was answered as done", deed.verb))
}

/// A job changes hands only when nobody's lease on it lasts, by the clock of whoever takes it.
fn leases(before: &View, after: &View, deed: Deed<'_>) -> Verdict {
    for (id, job) in &after.jobs {
        rule(job.attempts <= ATTEMPTS_MAX, || format!("{id} was tried {} times", job.attempts))?;
        let Some(was) = before.jobs.get(id).filter(|was| was.epoch != job.epoch) else { continue };
        let over = was.lease_until_ms < deed.now_ms || was.lease_until_ms > deed.now_ms + AHEAD_MAX_MS;
        rule(over, || {
            format!("{id} was taken at {} from a lease until {}", deed.now_ms, was.lease_until_ms)
        })?;
        let taken = matches!(deed.verb, Verb::Claim | Verb::Rescue) && job.epoch == was.epoch + 1;
        rule(taken, || format!("{:?} took {id} from epoch {} to {}", deed.verb, was.epoch, job.epoch))?;
    }
    Ok(())
}

/// What may become of an export task.
fn export(id: &str, was: &Export, is: Option<&Export>, before: &View, deed: Deed<'_>) -> Verdict {
    let Some(is) = is else {
        let own = before.exports.iter().filter(|(_, task)| task.user == was.user);
        let oldest = own.map(|(id, _)| id).next();
        let evicted = deed.verb == Verb::Order && oldest.is_some_and(|oldest| oldest == id);
        return rule(evicted || deed.verb == Verb::Delete, || format!("{id} was lost in {:?}", deed.verb));
    };
    rule(is.rows >= was.rows || is.status == "Success", || {
        format!("{id}: the rows went back from {} to {}", was.rows, is.rows)
    })?;
    rule(is.progress >= was.progress, || {
        format!("{id}: progress went back from {} to {}", was.progress, is.progress)
    })?;
    let verbs: &[Verb] = match (&*was.status, &*is.status) {
        (old, new) if old == new => return Ok(()),
        ("Processing", "Success") => &[Verb::Publish],
        ("Processing", "Failed") => &[Verb::Fail, Verb::Rescue],
        _ => &[],
    };
    rule(verbs.contains(&deed.verb) && deed.is_of(id), || {
        format!("{id} went from {} to {} in {:?} under {:?}", was.status, is.status, deed.verb, deed.claim)
    })
}

/// A task has a job as long as it has not ended, and no longer.
fn ended(id: &str, status: &str, ended: bool, after: &View) -> Verdict {
    rule(after.jobs.contains_key(id) != ended, || {
        format!("{id} is {status} and has {} job", if ended { "a" } else { "no" })
    })
}

fn is_final(batch: &Batch) -> bool {
    matches!(&*batch.status, "Success" | "Fail" | "PartialSuccess" | "Stopped")
}

/// Counters equal rows, whoever looks; what is done stays done, and was done once.
fn counters(id: &str, was: Option<&Batch>, is: &Batch) -> Verdict {
    rule(is.counters == is.rows, || format!("{id} counts {:?}, its rows are {:?}", is.counters, is.rows))?;
    let [_, _, succeeded, ..] = is.rows;
    rule(is.effects == (succeeded, succeeded), || {
        format!("{id}: {succeeded} subtasks succeeded, {} of them by {} effects", is.effects.0, is.effects.1)
    })?;
    let Some(was) = was else { return Ok(()) };
    let back = (2..5).any(|at| is.rows[at] < was.rows[at]);
    rule(!back && is.rows[0] == was.rows[0], || format!("{id} went from {:?} to {:?}", was.rows, is.rows))?;
    rule(!is_final(was) || was == is, || format!("{id} changed after its end: {was:?}, {is:?}"))
}

/// No user has more unfinished tasks, or more tasks, than may be.
fn kept(after: &View) -> Verdict {
    let mut users: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for task in after.exports.values() {
        let (all, unfinished) = users.entry(&task.user).or_default();
        *all += 1;
        *unfinished += i64::from(task.status == "Processing");
    }
    let limits = limits();
    for (user, (all, unfinished)) in users {
        rule(unfinished <= limits.export_unfinished, || {
            format!("{user} has {unfinished} unfinished exports")
        })?;
        rule(all <= limits.export_kept, || format!("{user} has {all} exports"))?;
    }
    Ok(())
}
