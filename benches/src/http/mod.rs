//! Requests a second: a real server on loopback, and beside it, on the same cores, a generator that keeps connections
//! open and asks the next as soon as it is answered.

mod load;
mod orders;

use std::{path::Path, time::Duration};

use load::Load;
use orders::{Order, Orders};

use crate::{Outcome, devices, document, server::Server};

/// Of the document.
const SECTION: &str = "http";
const ABOUT: &str = "\
## Requests a second · 每秒请求数

This section is written by `cargo xtask bench --record`; nothing in it is typed by hand. A server as it is released answers on
loopback, over SQLite, every commit synced. The generator runs beside it on the same cores: one thread, connections that are kept
open, the next request as soon as the one before is answered. Reads were signed beforehand, what writes is signed as it is
sent. All are measured in turn, a round each; `requests/s` is the median of the rounds with the least and the most, `× /healthz` the
median of the ratios within the rounds. `server µs` is the processor time that the server spends on a request, in user and
kernel, which what else runs on the machine disturbs least.

本节由 `cargo xtask bench --record` 写出，没有手工填写的内容。发布版服务器运行在本机回环地址上，使用 SQLite，每次提交都落盘。负载程序在同样的
几个核上运行：单线程，保持连接，上一个应答到达后立即发送下一个请求。读请求事先签名，写请求发送时签名。各项轮流测量，每轮各一次；`requests/s` 为各轮的
中位数（最少到最多），`× /healthz` 为各轮内比值的中位数。`server µs` 是服务器处理一个请求所用的处理器时间（用户态加内核态），受机器上其他程序的影响最小。
";
const HEAD: &str = "\
| request                                       | requests/s (least to most)  | × /healthz | server µs |
|-----------------------------------------------|----------------------------:|-----------:|----------:|";
/// What a signed read must reach on two cores.
const BAR: f64 = 10_000.0;
const CONNECTIONS: usize = 16;

/// Measures every request; writes what it printed to a document, if one is named.
pub(crate) fn run(quick: bool, record: Option<&Path>) -> Outcome<()> {
    let program = devices::program()?;
    if !program.exists() {
        println!("requests a second: skipped, no `unlade` beside this program");
        return Ok(());
    }
    let (rounds, time) =
        if quick { (1, Duration::from_millis(200)) } else { (7, Duration::from_millis(1500)) };
    let places = [tempfile::tempdir()?, tempfile::tempdir()?];
    let file = places[1].path().join("audit.jsonl");
    let settings = [("AUDIT_FILE", file.to_str().ok_or("no text")?)];
    let plain = Server::with(&program, places[0].path(), false, &[])?;
    let filed = Server::with(&program, places[1].path(), false, &settings)?;
    let plainly = Orders::at(&plain, &program, places[0].path(), false)?;
    let to_file = Orders::at(&filed, &program, places[1].path(), true)?;

    let orders = plainly.all()?.into_iter().chain(to_file.writes());
    let mut figures: Vec<Figure<'_>> = orders.map(Figure::of).collect();
    let load = Load::new(CONNECTIONS)?;
    for _ in 0..rounds {
        for figure in &mut figures {
            figure.measure(&load, time)?;
        }
    }
    let (bare, signed) = (&figures[0], &figures[1]);
    let mut lines = vec![HEAD.to_owned()];
    lines.extend(figures.iter().map(|figure| figure.line(bare)));
    lines.push(String::new());
    let reached = if signed.a_second() >= BAR { "reached 达到" } else { "missed 未达到" };
    lines.push(format!("Bar 下限: {BAR} signed GETs/s 个签名 GET 请求每秒; {reached}."));
    println!("\n{}", lines.join("\n"));
    let Some(path) = record else { return Ok(()) };
    document::record(path, SECTION, &format!("{ABOUT}\n{}\n\n{}", document::machine()?, lines.join("\n")))
}

/// What came of one request.
struct Figure<'o> {
    order: Order<'o>,
    a_second: Vec<f64>,
    cpu_seconds: f64,
    requests: u64,
}

impl<'o> Figure<'o> {
    fn of(order: Order<'o>) -> Self {
        Self { order, a_second: Vec::new(), cpu_seconds: 0.0, requests: 0 }
    }

    fn measure(&mut self, load: &Load, time: Duration) -> Outcome<()> {
        let server = self.order.server;
        let cpu = server.cpu_seconds()?;
        let (requests, seconds) = load.run(&server.address, &self.order, time)?;
        self.cpu_seconds += server.cpu_seconds()? - cpu;
        self.requests += requests;
        self.a_second.push(requests as f64 / seconds);
        Ok(())
    }

    fn a_second(&self) -> f64 {
        median(self.a_second.clone())
    }

    fn line(&self, bare: &Self) -> String {
        let (least, most) = (self.a_second.iter(), self.a_second.iter());
        let (least, most) = (least.copied().fold(f64::MAX, f64::min), most.copied().fold(0.0, f64::max));
        let spread = format!("{:.0} ({least:.0} to {most:.0})", self.a_second());
        let within = self.a_second.iter().zip(&bare.a_second);
        let ratio = median(within.map(|(ours, bare)| ours / bare).collect());
        let micros = self.cpu_seconds * 1e6 / self.requests as f64;
        format!("| {:<45} | {spread:>27} | {ratio:>10.2} | {micros:>9.1} |", self.order.name)
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
