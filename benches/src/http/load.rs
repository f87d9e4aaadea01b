//! The generator: one thread, some connections that are kept open, one request at a time on each.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::Runtime,
};

use super::orders::Order;
use crate::Outcome;

pub(super) struct Load {
    runtime: Runtime,
    connections: usize,
}

impl Load {
    pub(super) fn new(connections: usize) -> Outcome<Self> {
        Ok(Self { runtime: tokio::runtime::Builder::new_current_thread().enable_io().build()?, connections })
    }

    /// Asks for as long as `time`; answers how many were answered, and in how many seconds.
    pub(super) fn run(&self, address: &str, order: &Order<'_>, time: Duration) -> Outcome<(u64, f64)> {
        let (begun, answered) = (Instant::now(), Cell::new(0));
        let enough = || begun.elapsed() >= time;
        let all = (0..self.connections).map(|_| keep_asking(address, order, &answered, &enough));
        self.runtime.block_on(futures_util::future::try_join_all(all))?;
        Ok((answered.get(), begun.elapsed().as_secs_f64()))
    }
}

async fn keep_asking(
    address: &str,
    order: &Order<'_>,
    answered: &Cell<u64>,
    enough: &impl Fn() -> bool,
) -> Outcome<()> {
    let mut connection = TcpStream::connect(address).await?;
    connection.set_nodelay(true)?;
    let mut answer = Vec::with_capacity(16 << 10);
    while !enough() {
        connection.write_all(&order.next()?).await?;
        answer.clear();
        while !is_whole(&answer)? {
            if connection.read_buf(&mut answer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
        if !answer.starts_with(order.expects.as_bytes()) {
            return Err(format!("{}: {}", order.name, String::from_utf8_lossy(&answer)).into());
        }
        answered.set(answered.get() + 1);
    }
    Ok(())
}

/// Whether the head of an answer has come, and as many bytes after it as it says.
pub(super) fn is_whole(answer: &[u8]) -> Outcome<bool> {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else { return Ok(false) };
    let head = std::str::from_utf8(&answer[..end])?;
    let mut headers = head.lines().filter_map(|line| line.split_once(':'));
    let length = headers.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let (_, length) = length.ok_or("an answer without a length")?;
    Ok(answer.len() >= end + 4 + length.trim().parse::<usize>()?)
}
