//! The server and the rules side by side, and what both must say the same about after every event.

use std::{collections::BTreeMap, fmt::Debug};

use domain::Limits;
use jobs::{Lease, Term};
use store::jobs::{AHEAD_MAX_MS, ATTEMPTS_MAX};
use unlade_export::Outcome;

use crate::{
    calls::{ROWS, refusal},
    history::{APPS, BATCHES, History},
    house::{House, START_MS},
    model::{self, Content, Model, Number, Rules, State},
};

pub(crate) const INTERVAL_SECONDS: i64 = 30;

/// A worker between two of its steps.
pub(crate) struct Hand {
    pub(crate) lease: Lease,
    pub(crate) claim: model::Claim,
    pub(crate) made: Option<(Outcome, model::Outcome)>,
}

/// The server, the rules, and what is called what in which.
pub(crate) struct Both {
    pub(crate) house: House,
    pub(crate) model: Model,
    pub(crate) term: Term,
    pub(crate) apps: Vec<String>,
    pub(crate) batches: Vec<String>,
    /// By number.
    pub(crate) ids: Vec<String>,
    pub(crate) hands: Vec<Hand>,
    /// The bytes that were seen for each content.
    seen: BTreeMap<Content, String>,
}

impl Both {
    pub(crate) fn new(history: &History) -> Self {
        let limits = Limits {
            export_kept: history.kept as i64,
            export_unfinished: history.unfinished as i64,
            download_interval_seconds: INTERVAL_SECONDS,
            ..Limits::default()
        };
        let term = Term::default();
        let rules = Rules {
            kept: history.kept,
            unfinished: history.unfinished,
            interval_ms: INTERVAL_SECONDS * 1000,
            term_ms: term.until(0),
            ahead_ms: AHEAD_MAX_MS,
            attempts: ATTEMPTS_MAX,
        };
        let house = House::new(limits);
        let mut apps = vec![house.root.app_id.clone()];
        apps.extend((1..APPS).map(|number| house.app(&format!("app-{number}"))));
        let batches = BATCHES.iter().map(|app| house.batch_task(&apps[*app])).collect();
        let model = Model::new(rules, START_MS, &BATCHES, ROWS);
        let (ids, hands, seen) = (Vec::new(), Vec::new(), BTreeMap::new());
        Self { house, model, term, apps, batches, ids, hands, seen }
    }

    // What both must say the same about, whatever has happened

    pub(crate) fn compare(&mut self) -> Result<(), String> {
        let whole = std::iter::once((None, None));
        let apps = self.apps.iter().enumerate().map(|(app, id)| (Some(app), Some(id.as_str())));
        for (app, app_id) in whole.chain(apps) {
            self.compare_list(app, app_id)?;
        }
        (0..self.model.created()).try_for_each(|number| self.compare_file(number))
    }

    fn compare_list(&self, app: Option<usize>, app_id: Option<&str>) -> Result<(), String> {
        let (page, ruled) = (self.house.list(app_id), self.model.list(app));
        let listed: Vec<_> =
            page.records.iter().map(|task| (task.export_task_id.as_str(), task.status.as_str())).collect();
        let named: Vec<_> =
            ruled.iter().map(|task| (self.ids[task.number].as_str(), wire(task.state))).collect();
        same("the list", listed, named)?;
        same("its count", page.count, ruled.len() as i64)?;
        for task in &page.records {
            let (success, ended) = (task.status == "Success", task.status != "Processing");
            same("whether it is 100 %", task.progress == 100, success)?;
            same("whether every row is counted", task.export_count == ROWS, success)?;
            same("whether it has ended", task.end_time.is_some(), ended)?;
        }
        Ok(())
    }

    fn compare_file(&self, number: Number) -> Result<(), String> {
        let answer = refusal(self.house.served(&self.ids[number]));
        let answer = answer.map(|result| (result.object_key, result.sha256));
        let ruled = self
            .model
            .served(number)
            .map(|file| (self.key_of((file.made_by, file.epoch)), self.bytes_of(file.content)));
        same(&format!("what task {number} serves"), answer, ruled)
    }

    pub(crate) fn compare_objects(&self) -> Result<(), String> {
        let ruled = self.model.objects().into_iter().map(|made| self.key_of(made)).collect();
        same("what lies on the disk", self.house.objects(), ruled)
    }

    // Names

    /// The task that is `back` before the newest.
    pub(crate) fn number(&self, back: usize) -> Option<Number> {
        let created = self.model.created();
        (created > 0).then(|| created - 1 - back % created)
    }

    pub(crate) fn hand(&self, hand: usize) -> Option<usize> {
        (!self.hands.is_empty()).then(|| hand % self.hands.len())
    }

    pub(crate) fn key_of(&self, (number, epoch): (Number, i64)) -> String {
        format!("exports/{}/{epoch}.zip", self.ids[number])
    }

    pub(crate) fn bytes_of(&self, content: Content) -> String {
        self.seen.get(&content).cloned().unwrap_or_default()
    }

    /// Equal contents are equal bytes, other contents are others.
    pub(crate) fn see(&mut self, content: Content, sha256: &str) -> Result<(), String> {
        for (other, bytes) in &self.seen {
            same(&format!("whether {content:?} is {other:?}"), sha256 == bytes, content == *other)?;
        }
        self.seen.insert(content, sha256.to_owned());
        Ok(())
    }
}

fn wire(state: State) -> &'static str {
    match state {
        State::Unfinished => "Processing",
        State::Success => "Success",
        State::Failed => "Failed",
    }
}

#[expect(clippy::needless_pass_by_value, reason = "answers are made to be compared")]
pub(crate) fn same<T: PartialEq + Debug>(what: &str, server: T, rules: T) -> Result<(), String> {
    if server == rules {
        return Ok(());
    }
    Err(format!("{what}:\n    server: {server:?}\n    rules:  {rules:?}"))
}
