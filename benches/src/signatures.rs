//! How long the check of a signature takes: the same small request under each algorithm, on one thread.

use std::{hint::black_box, path::Path};

use nix::time::{ClockId, clock_gettime};
use sign::{Authorization, Headers, Payload, Request, Signer, SigningAlgorithm, verify, verify_unknown};

use crate::{Outcome, document, house::PROJECT};

/// Of the document.
const SECTION: &str = "signatures";
const ABOUT: &str = "\
## The check of a signature · 签名校验

This section is written by `cargo xtask bench --record`; nothing in it is typed by hand. A signed request for a page of
export tasks is checked again and again by one thread, in CPU time, from the text of its headers to the verdict: the header taken
apart, the keys derived from the access key, the canonical request built, hashed and compared. `known` is the check with
the right key, `unknown` the one for an access key that does not exist, which must take as long. Each is the round in the middle of
several; `× first` is the time beside that of the first line.

本节由 `cargo xtask bench --record` 写出，没有手工填写的内容。由单个线程反复校验一个查询导出任务列表的签名请求，按 CPU 时间计，从请求头文本直到结论：解析请求头、
由访问密钥派生密钥、构造规范请求、计算摘要并比较。`known` 是使用正确密钥的校验，`unknown` 是针对不存在的访问密钥的校验，两者耗时必须相同。
取多轮中间的一轮；`× first` 是与第一行相比的时间倍数。
";
const HEAD: &str = "\
| algorithm             | µs, known | µs, unknown | × first | checks/s |
|-----------------------|----------:|------------:|--------:|---------:|";

const SIGNED_AT_MS: i64 = 1_767_323_045_000;
const ACCESS_KEY: &str = "AKEXAMPLE01234567890";
const SECRET_KEY: &[u8] = b"SKexample0123456789abcdefghijklmnopqrstuv";
const ROUNDS: usize = 9;

const ALGORITHMS: [SigningAlgorithm<'_>; 5] = [
    SigningAlgorithm::HmacSha256,
    SigningAlgorithm::V11HmacSha256("cn-north-4"),
    SigningAlgorithm::HmacSm3,
    SigningAlgorithm::EcdsaP256Sha256,
    SigningAlgorithm::Sm2Sm3,
];

/// Measures every algorithm; writes what it printed to a document, if one is named.
pub(crate) fn run(quick: bool, record: Option<&Path>) -> Outcome<()> {
    let checks = if quick { 20 } else { 2_000 };
    let mut lines = vec![HEAD.to_owned()];
    println!("\n{HEAD}");
    let mut first = None;
    for algorithm in ALGORITHMS {
        let line = line(algorithm, checks, &mut first)?;
        println!("{line}");
        lines.push(line);
    }
    let Some(path) = record else { return Ok(()) };
    document::record(path, SECTION, &format!("{ABOUT}\n{}\n\n{}", document::machine()?, lines.join("\n")))
}

fn line(algorithm: SigningAlgorithm<'_>, checks: u32, first: &mut Option<f64>) -> Outcome<String> {
    let bare: [(&str, &[u8]); 3] = [
        ("Host", b"127.0.0.1:8900"),
        ("Content-Type", b"application/json"),
        ("X-Project-Id", PROJECT.as_bytes()),
    ];
    let signer = Signer { access_key_id: ACCESS_KEY, secret_key: SECRET_KEY, algorithm };
    let signed = signer.sign(&request(&bare), SIGNED_AT_MS)?;
    let added = signed.iter().map(|(name, value)| (name, value.as_bytes()));
    let headers: Vec<_> = bare.into_iter().chain(added).collect();
    let request = request(&headers);

    let header = &signed.authorization;
    let authorization = Authorization::parse(header)?;
    verify(&authorization, &request, SECRET_KEY, SIGNED_AT_MS)?;
    let known = micros(checks, || {
        let authorization = Authorization::parse(black_box(header));
        black_box(authorization.map(|it| verify(&it, &request, SECRET_KEY, SIGNED_AT_MS))).is_ok()
    })?;
    let unknown = micros(checks, || {
        let authorization = Authorization::parse(black_box(header));
        black_box(authorization.map(|it| verify_unknown(&it, &request, SIGNED_AT_MS))).is_ok()
    })?;
    let ratio = known / *first.get_or_insert(known);
    let (name, a_second) = (authorization.algorithm().name(), 1e6 / known);
    Ok(format!("| {name:<21} | {known:>9.1} | {unknown:>11.1} | {ratio:>7.1} | {a_second:>8.0} |"))
}

/// A small one.
fn request<'a>(headers: &'a [(&'a str, &'a [u8])]) -> Request<'a> {
    Request {
        method: "GET",
        path: "/v5/iot/0a1b2c3d4e5f60718293a4b5c6d7e8f9/export-tasks",
        query: Some("limit=50&offset=0&resource_type=BatchTask"),
        headers: Headers(headers),
        payload: Payload::Bytes(b""),
    }
}

/// Of one check, in the round in the middle.
fn micros(checks: u32, check: impl Fn() -> bool) -> Outcome<f64> {
    let round = |_| {
        let begun = cpu_seconds()?;
        for _ in 0..checks {
            if !check() {
                return Err("it cannot be read".into());
            }
        }
        Ok((cpu_seconds()? - begun) * 1e6 / f64::from(checks))
    };
    let mut rounds = (0..ROUNDS).map(round).collect::<Outcome<Vec<f64>>>()?;
    rounds.sort_by(f64::total_cmp);
    Ok(rounds[ROUNDS / 2])
}

/// Of this thread: what else the machine does is no part of it.
fn cpu_seconds() -> Outcome<f64> {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID)?;
    Ok(time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9)
}
