//! Units of work a second, and devices that a batch task creates a second.

use std::time::{Duration, Instant};

use store::jobs::{self, Claim};

use super::{
    Amounts,
    bed::Bed,
    page::{Page, Table},
};
use crate::{
    Outcome, devices,
    house::{House, PROJECT},
    seed,
    spreadsheets::Spread,
};

const CALLERS: [usize; 3] = [1, 8, 64];
/// A kind of job that no worker claims.
const KIND: &str = "bench";

pub(super) fn run(amounts: &Amounts, beds: [&Bed; 2], page: &mut Page) -> Outcome<()> {
    let mut table = Table::new(
        "Heartbeats (units of work of one statement) and createDevices a second · 每秒心跳（单语句工作单元）与 createDevices",
        &[
            "over 数据库",
            "1 caller 个调用者",
            "8 callers",
            "64 callers",
            "64 callers of one row 同一行",
            "8 callers, nothing to claim 无可认领",
            "createDevices, devices/s 设备/秒",
        ],
    );
    for bed in beds {
        let house = bed.house()?;
        let mut line = vec![bed.label().to_owned()];
        for callers in CALLERS {
            let claims = claims(&house, callers)?;
            line.push(format!("{:.0}", beats(&house, &claims, callers, amounts)?));
            settle(&house, claims)?;
        }
        let one = claims(&house, 1)?;
        let hot = beats(&house, &one, CALLERS[2], amounts)?;
        settle(&house, one)?;
        let empty = looks(&house, CALLERS[1], amounts)?;
        let created = created(&house, amounts)?;
        line.extend([hot, empty, created].map(|number| format!("{number:.0}")));
        if bed.is_server() {
            page.fact("empty_claims", empty);
            page.fact("hot_row", hot);
            page.fact("devices", created);
        }
        println!("  {}", line.join(", "));
        table.line(&line);
    }
    page.add(&table);
    Ok(())
}

/// So many jobs, each claimed.
fn claims(house: &House, count: usize) -> Outcome<Vec<Claim>> {
    let mut claims = Vec::new();
    for number in 0..count {
        let id = format!("{number:024}");
        house.store.db().write_blocking(move |tx| jobs::enqueue(tx, &id, KIND, PROJECT))?;
        let until = house.store.now_ms() + jobs::AHEAD_MAX_MS;
        claims.push(house.store.claim(KIND, "bench".to_owned(), until)?.ok_or("no job")?);
    }
    Ok(claims)
}

fn settle(house: &House, claims: Vec<Claim>) -> Outcome<()> {
    for claim in claims {
        house.store.db().write_blocking(move |tx| jobs::settle(tx, &claim))?;
    }
    Ok(())
}

/// Heartbeats a second of so many callers that share the claims.
fn beats(house: &House, claims: &[Claim], callers: usize, amounts: &Amounts) -> Outcome<f64> {
    let until = house.store.now_ms() + jobs::AHEAD_MAX_MS;
    let works = claims.iter().cycle().take(callers).map(|claim| move || house.store.hold(claim, until));
    speed(works, amounts.unit_seconds)
}

/// Looks a second of so many workers that find no job.
fn looks(house: &House, callers: usize, amounts: &Amounts) -> Outcome<f64> {
    let look = || house.store.claim(KIND, "bench".to_owned(), 0).map(drop);
    speed((0..callers).map(|_| look), amounts.unit_seconds)
}

/// How often a second callers do what each of them does, side by side.
fn speed<W>(works: impl Iterator<Item = W>, seconds: f64) -> Outcome<f64>
where
    W: Fn() -> Result<(), store::Error> + Send,
{
    let begun = Instant::now();
    let end = begun + Duration::from_secs_f64(seconds);
    let sums = std::thread::scope(|scope| {
        let again = |work: W| {
            scope.spawn(move || {
                let mut sum = 0u64;
                while Instant::now() < end {
                    work()?;
                    sum += 1;
                }
                Ok::<_, store::Error>(sum)
            })
        };
        let callers: Vec<_> = works.map(again).collect();
        let ended = callers.into_iter().map(|caller| caller.join().map_err(|_| "a caller panicked"));
        ended.collect::<Result<Vec<_>, _>>()
    })?;
    let sum = sums.into_iter().sum::<Result<u64, _>>()?;
    Ok(sum as f64 / begun.elapsed().as_secs_f64())
}

fn created(house: &House, amounts: &Amounts) -> Outcome<f64> {
    let mut speeds = Vec::new();
    for round in 0..amounts.rounds as i64 {
        seed::devices(house, round * amounts.devices, amounts.devices)?;
        let begun = Instant::now();
        devices::execute(house, devices::KIND)?;
        speeds.push(amounts.devices as f64 / begun.elapsed().as_secs_f64());
    }
    Ok(Spread::of(speeds).map_or(0.0, |spread| spread.median))
}
