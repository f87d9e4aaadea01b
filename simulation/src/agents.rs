//! What the Rescuer, the Pruner and the sweep do, on any node and with a pause between any two of their steps.

use store::{batch_tasks, export_tasks};

use crate::{
    dice::Dice,
    fault::Fault,
    ground::said,
    judge::{Deed, Verb},
    work,
    world::{SWEEP_AGE_MS, Verdict, Went, World},
};

impl World<'_> {
    /// Takes what was tried too often, or gives up what it has taken; answers whether there was anything.
    pub(crate) fn rescue(&mut self, dice: &mut Dice, node: usize) -> Verdict<bool> {
        let Some(store) = self.nodes[node].store.clone() else { return Ok(false) };
        let now_ms = self.now_ms(node);
        if let Some((kind, claim, reason)) = self.nodes[node].rescuing.take() {
            let went = self.write(dice, node, &claim, (Verb::Rescue, None), |store| match kind {
                export_tasks::JOB => store.export_fail(&claim, reason),
                _ => work::finish(store, &claim, Some(&reason), now_ms),
            })?;
            return Ok(!matches!(went, Went::Crashed));
        }
        if !self.judge.view.has_free(None, now_ms) && (self.calm || !dice.one_in(8)) {
            return Ok(false);
        }
        for kind in [export_tasks::JOB, batch_tasks::JOB] {
            let Some((claim, reason)) = store.claim_exhausted(kind).map_err(said)? else { continue };
            self.tell(|| {
                format!("node {node}: the Rescuer takes {kind} {} epoch {}", claim.job_id, claim.epoch)
            });
            self.look(Deed::of(Verb::Rescue, now_ms))?;
            self.nodes[node].rescuing = Some((kind, claim, reason));
            return Ok(true);
        }
        Ok(false)
    }

    /// Reads the garbage, deletes an object, or forgets what was deleted.
    pub(crate) fn prune(&mut self, node: usize) -> Verdict {
        let Some(store) = self.nodes[node].store.clone() else { return Ok(()) };
        if let Some(key) = self.nodes[node].pruning.pop() {
            self.tell(|| format!("node {node}: the Pruner deletes {key}"));
            self.objects.remove(&key);
            self.nodes[node].pruned.push(key);
            return self.judge.objects(&self.objects);
        }
        let pruned = std::mem::take(&mut self.nodes[node].pruned);
        if pruned.is_empty() {
            self.nodes[node].pruning = store.garbage().map_err(said)?;
            store.prune().map_err(said)?;
        } else {
            store.garbage_gone(pruned).map_err(said)?;
        }
        self.look(Deed::of(Verb::Tidy, self.now_ms(node)))
    }

    /// Looks for objects that nothing records, or deletes what it has found.
    pub(crate) fn sweep(&mut self, node: usize) -> Verdict {
        let Some(store) = self.nodes[node].store.clone() else { return Ok(()) };
        if let Some(key) = self.nodes[node].sweeping.pop() {
            self.tell(|| format!("node {node}: the sweep deletes {key}"));
            self.objects.remove(&key);
            return self.judge.objects(&self.objects);
        }
        // Age is told by the object store's own clock, whatever the node's says.
        let before = self.true_ms - SWEEP_AGE_MS;
        for (key, published_ms) in &self.objects {
            if *published_ms >= before {
                continue;
            }
            let counts = match self.fault {
                Fault::SweepOfTheAwaited => store.object_is_recorded(key),
                _ => store.object_may_count(key),
            };
            if !counts.map_err(said)? {
                self.nodes[node].sweeping.push(key.clone());
            }
        }
        Ok(())
    }
}
