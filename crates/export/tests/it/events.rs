//! Each event, done to both.

use jobs::Stop;
use store::{Error, export_tasks::NewExportTask};
use types::{Code, Language, export_task::AppType};
use unlade_export::Outcome;

use crate::{
    both::{Both, Hand, INTERVAL_SECONDS, same},
    calls::{ROWS, refusal},
    history::{Event, Scope},
    model::{self, Condition, Lost},
};

impl Both {
    pub(crate) fn play(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Create { user, batch, scope, chinese } => self.create(user, batch, scope, chinese),
            Event::Delete { back } => self.delete(back),
            Event::Download { user, back } => self.download(user, back),
            Event::Claim => self.claim().map(|_| ()),
            Event::Attempt { hand } => self.hand(hand).map_or(Ok(()), |hand| self.attempt(hand)),
            Event::Settle { hand } => self.hand(hand).map_or(Ok(()), |hand| self.settle(hand)),
            Event::Work => self.work(),
            Event::Beat { hand } => self.hand(hand).map_or(Ok(()), |hand| self.beat(hand)),
            Event::Fail { hand } => self.hand(hand).map_or(Ok(()), |hand| self.fail(hand)),
            Event::Rescue => same("whether a job is given up", self.house.rescue(), self.model.rescue()),
            Event::Step { batch } => {
                if let Some(version) = self.model.step(batch) {
                    self.house.step(&self.batches[batch], version);
                }
                Ok(())
            }
            Event::DeleteBatch { batch } => {
                let answer = refusal(self.house.delete_batch(&self.batches[batch]));
                same("deleting the batch task", answer, self.model.delete_batch(batch))
            }
            Event::Kill => {
                self.hands.clear();
                self.house.kill_and_start();
                self.model.start_again();
                self.compare_objects()
            }
            Event::End => self.end(),
            Event::Prune => {
                self.house.prune();
                self.compare_objects()
            }
            Event::PutClock { by_ms } => {
                self.house.put_clock(by_ms);
                self.model.put_clock(by_ms);
                Ok(())
            }
        }
    }

    // Callers

    fn create(&mut self, user: usize, batch: usize, scope: Scope, chinese: bool) -> Result<(), String> {
        let language = if chinese { Language::Chinese } else { Language::English };
        let (app_type, app, only_app) = match scope {
            Scope::Global => (AppType::Global, None, None),
            Scope::Beside(app) => (AppType::Global, Some(app), None),
            Scope::App(app) => (AppType::App, Some(app), Some(app)),
        };
        let order = NewExportTask {
            resource_type: "BatchTask",
            resource_condition: format!(r#"{{"task_id":"{}"}}"#, self.batches[batch]),
            export_format: "xls",
            app_type,
            app_id: app.map(|app| self.apps[app].clone()),
            language,
        };
        let answer = refusal(self.house.create(user, order));
        let ruled = self.model.create(Condition { user, batch, only_app }, language);
        same("the order", answer.as_ref().map(|_| ()), ruled.as_ref().map(|_| ()))?;
        self.ids.extend(answer);
        Ok(())
    }

    fn delete(&mut self, back: usize) -> Result<(), String> {
        let Some(number) = self.number(back) else { return Ok(()) };
        let answer = refusal(self.house.delete(&self.ids[number]));
        same("the deletion", answer, self.model.delete(number))
    }

    fn download(&mut self, user: usize, back: usize) -> Result<(), String> {
        let Some(number) = self.number(back) else { return Ok(()) };
        let answer = self.house.download(user, &self.ids[number]);
        if let Err(Error::Fault(fault)) = &answer {
            let limited = fault.code == Code::RateLimited;
            let after =
                fault.retry_after_seconds.is_some_and(|after| (1..=INTERVAL_SECONDS).contains(&after));
            same("whether Retry-After says when", after, limited)?;
        }
        let ruled = self.model.download(user, number).map(|content| self.bytes_of(content));
        same("the download", refusal(answer), ruled)
    }

    // Workers

    fn claim(&mut self) -> Result<Option<usize>, String> {
        let lease = self.house.claim(self.term);
        let answer = lease.as_ref().map(|lease| {
            let claim = &lease.claim;
            (claim.job_id.clone(), claim.epoch, claim.attempt)
        });
        let ruled = self.model.claim();
        let named = ruled.map(|claim| (self.ids[claim.task].clone(), claim.epoch, claim.attempt));
        same("the claim", answer, named)?;
        let (Some(lease), Some(claim)) = (lease, ruled) else { return Ok(None) };
        self.hands.push(Hand { lease, claim, made: None });
        Ok(Some(self.hands.len() - 1))
    }

    fn attempt(&mut self, at: usize) -> Result<(), String> {
        let hand = &self.hands[at];
        if hand.made.is_some() {
            return Ok(());
        }
        let (made, ruled) = (self.house.attempt(&hand.lease), self.model.attempt(hand.claim));
        match (made, ruled) {
            (Ok(Outcome::Made(made)), Ok(model::Outcome::Made(content))) => {
                self.see(content, &made.sha256)?;
                same("the rows written", made.rows, ROWS)?;
                self.hands[at].made = Some((Outcome::Made(made), model::Outcome::Made(content)));
            }
            (Ok(Outcome::Failed(why)), Ok(model::Outcome::Failed)) => {
                self.hands[at].made = Some((Outcome::Failed(why), model::Outcome::Failed));
            }
            (Err(Stop::Lost), Err(Lost)) => {
                self.hands.remove(at);
            }
            (made, ruled) => return same("the attempt", format!("{made:?}"), format!("{ruled:?}")),
        }
        Ok(())
    }

    fn settle(&mut self, at: usize) -> Result<(), String> {
        if self.hands[at].made.is_none() {
            return Ok(());
        }
        let Hand { lease, claim, made } = self.hands.remove(at);
        let Some((outcome, ruled)) = made else { return Ok(()) };
        let answer = match self.house.settle(&lease, outcome) {
            Ok(()) => Ok(()),
            Err(Stop::Lost) => Err(Lost),
            Err(other) => return Err(format!("settling failed: {other:?}")),
        };
        same("the settlement", answer, self.model.settle(claim, ruled))
    }

    fn work(&mut self) -> Result<(), String> {
        let Some(hand) = self.claim()? else { return Ok(()) };
        self.attempt(hand)?;
        // A task that was deleted has no worker any more.
        if hand < self.hands.len() { self.settle(hand) } else { Ok(()) }
    }

    fn beat(&mut self, at: usize) -> Result<(), String> {
        let Hand { lease, claim, .. } = &self.hands[at];
        same("the heartbeat", lost(self.house.beat(lease))?, self.model.beat(*claim))
    }

    fn fail(&mut self, at: usize) -> Result<(), String> {
        let Hand { lease, claim, .. } = self.hands.remove(at);
        let due_ms = self.house.now_ms() + 1_000;
        let answer = lost(self.house.give_back(&lease, due_ms, Some("the disk failed")))?;
        same("giving the claim back", answer, self.model.give_back(claim, due_ms, true))
    }

    /// Workers that are told to end give back what they hold.
    fn end(&mut self) -> Result<(), String> {
        let now = self.house.now_ms();
        for Hand { lease, claim, .. } in std::mem::take(&mut self.hands) {
            let answer = lost(self.house.give_back(&lease, now, None))?;
            same("giving the claim back", answer, self.model.give_back(claim, now, false))?;
        }
        self.house.end_and_start();
        self.model.start_again();
        self.compare_objects()
    }
}

fn lost(answer: Result<(), Error>) -> Result<Result<(), Lost>, String> {
    match answer {
        Ok(()) => Ok(Ok(())),
        Err(Error::LostClaim) => Ok(Err(Lost)),
        Err(other) => Err(format!("not a lost claim: {other}")),
    }
}
