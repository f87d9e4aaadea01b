//! A store that refuses, breaks off, stalls or is somebody else's: what is not done says so, and nothing is half.

use std::{
    io::Write,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::TryStreamExt;
use unlade_blob::{BucketOptions, Error, Patience, Signed};

use crate::{
    faults::{Fate, Faults},
    house::{House, ask, bucket, bytes, unfinished_uploads},
};

/// A store behind a proxy, and the options that go past it.
fn troubled() -> Option<(House, Faults, BucketOptions)> {
    behind_faults(bucket()?)
}

/// The same for tests that wait for the end of our patience.
fn troubled_in_haste() -> Option<(House, Faults, BucketOptions)> {
    let patience = Patience {
        silence: Duration::from_secs(2),
        request: Duration::from_secs(10),
        in_all: Duration::from_secs(6),
        ..Patience::default()
    };
    behind_faults(BucketOptions { patience, ..bucket()? })
}

fn behind_faults(direct: BucketOptions) -> Option<(House, Faults, BucketOptions)> {
    let mut options = direct.clone();
    let faults = Faults::before(&mut options);
    Some((House::with(options), faults, direct))
}

/// Waits for what another process does in its own time.
fn until(what: &str, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < Duration::from_secs(20), "in vain: {what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_store_that_refuses_for_a_moment_is_asked_again() {
    let Some((house, faults, _)) = troubled() else { return };
    for method in ["PUT", "HEAD", "GET", "DELETE"] {
        let mut refusals = 2;
        faults.judge(move |line| {
            let hit = line.starts_with(method) && refusals > 0;
            refusals -= i32::from(hit);
            if hit { Fate::Refused(503) } else { Fate::Passes }
        });
        house.publish("exports/a/1.zip", b"hello").unwrap();
        assert_eq!(house.read("exports/a/1.zip", 0..5).unwrap(), b"hello", "{method}");
        house.delete("exports/a/1.zip").unwrap();
    }
}

#[test]
fn an_upload_whose_pieces_are_refused_is_taken_back_and_says_why() {
    let Some((house, faults, direct)) = troubled_in_haste() else { return };
    faults.judge(|line| if line.contains("partNumber=3") { Fate::Refused(500) } else { Fate::Passes });
    let begun = Instant::now();
    let error = house.publish("exports/a/1.zip", &bytes(40 << 20)).unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    let told = error.to_string();
    for word in [&direct.bucket, faults.address(), "cannot put exports/a/1.zip", "500"] {
        assert!(told.contains(word), "{told}");
    }
    assert!(!error.is_final() && !error.is_missing() && !told.contains('\n'), "{told}");
    until("the pieces go", || unfinished_uploads(&direct) == 0);
    assert!(house.keys().is_empty() && house.staged() == 0);
}

#[test]
fn an_upload_that_stalls_ends_when_nobody_waits_for_it_any_more() {
    let Some((house, faults, direct)) = troubled() else { return };
    let stalls = Arc::new(AtomicBool::new(false));
    let seen = stalls.clone();
    faults.judge(move |line| {
        let is_piece = line.contains("partNumber");
        seen.fetch_or(is_piece, Ordering::Relaxed);
        if is_piece { Fate::Stalls } else { Fate::Passes }
    });
    let mut staged = house.blobs.stage().unwrap();
    staged.file().write_all(&bytes(20 << 20)).unwrap();
    let go_on = || match stalls.load(Ordering::Relaxed) {
        false => Ok(()),
        true => Err(Error::Slow("the lease".into(), "is over".into())),
    };
    let error = house.blobs.publish_while(staged, "exports/a/1.zip", &go_on).unwrap_err();
    assert!(error.to_string().starts_with("the lease"), "{error}");
    until("the pieces go", || unfinished_uploads(&direct) == 0);
    assert!(house.keys().is_empty() && house.staged() == 0);
}

#[test]
fn an_upload_that_takes_too_long_ends() {
    let Some(mut options) = bucket() else { return };
    options.upload_max = Some(Duration::ZERO);
    let faults = Faults::before(&mut options);
    let house = House::with(options);
    faults.judge(|line| if line.starts_with("PUT") { Fate::Stalls } else { Fate::Passes });
    let error = house.publish("exports/a/1.zip", b"hello").unwrap_err();
    assert!(matches!(error, Error::Slow(..)), "{error}");
}

#[test]
fn a_body_that_breaks_off_is_taken_up_again_where_it_ended() {
    let Some((house, faults, _)) = troubled_in_haste() else { return };
    let sent = bytes(5 << 20);
    house.publish("exports/a/1.zip", &sent).unwrap();
    for fate in [Fate::BreaksOffAfter(1 << 20), Fate::StallsAfter(1 << 20)] {
        let mut breaks = 3;
        faults.judge(move |line| {
            breaks -= i32::from(line.starts_with("GET"));
            if breaks > 0 { fate } else { Fate::Passes }
        });
        assert!(house.read("exports/a/1.zip", 7..sent.len() as u64).unwrap() == sent[7..], "{fate:?}");
        assert!(
            house
                .blobs
                .fetch("exports/a/1.zip")
                .is_ok_and(|file| std::fs::read(file.path()).unwrap() == sent)
        );
    }
}

#[test]
fn a_body_that_always_breaks_off_is_never_taken_for_a_whole_one() {
    let Some((house, faults, _)) = troubled_in_haste() else { return };
    let sent = bytes(1 << 20);
    house.publish("exports/a/1.zip", &sent).unwrap();
    let begins = Arc::new(AtomicBool::new(true));
    faults.judge(move |line| match line.starts_with("GET") {
        true if begins.swap(false, Ordering::Relaxed) => Fate::BreaksOffAfter(1000),
        true => Fate::BreaksOffAfter(0),
        false => Fate::Passes,
    });
    let (came, error) = house.runtime.block_on(async {
        let mut pieces = house.blobs.read("exports/a/1.zip", 0..sent.len() as u64).await.unwrap();
        let mut came = Vec::new();
        loop {
            match pieces.try_next().await {
                Ok(Some(piece)) => came.extend_from_slice(&piece),
                Ok(None) => panic!("a half body ended like a whole one"),
                Err(error) => break (came, error),
            }
        }
    });
    assert!(came.len() < sent.len() && sent.starts_with(&came), "{error}");
}

#[test]
fn half_of_an_object_that_was_replaced_is_not_continued_with_the_other_s() {
    let Some((house, faults, direct)) = troubled() else { return };
    let (first, second) = (vec![1; 1 << 20], vec![2; 1 << 20]);
    house.publish("exports/a/1.zip", &first).unwrap();
    let other = House::with(direct);
    let mut breaks = 1;
    faults.judge(move |line| {
        if !line.starts_with("GET") {
            return Fate::Passes;
        }
        breaks -= 1;
        if breaks == 0 {
            return Fate::BreaksOffAfter(1000);
        }
        other.publish("exports/a/1.zip", &second).unwrap();
        Fate::Passes
    });
    assert!(house.read("exports/a/1.zip", 0..1 << 20).is_err());
}

#[test]
fn a_bucket_of_another_installation_is_refused_and_neither_swept() {
    let Some(options) = bucket() else { return };
    let (ours, theirs) = (House::with(options.clone()), House::with(options));
    let claim = |house: &House, name: &str| house.runtime.block_on(house.blobs.claim(name));
    claim(&ours, "one").unwrap();
    claim(&ours, "one").unwrap();
    assert!(ours.keys().is_empty(), "the mark is no object");
    let error = claim(&theirs, "two").unwrap_err();
    assert!(error.is_final() && error.to_string().contains("one"), "{error}");
    assert!(theirs.runtime.block_on(theirs.blobs.now_ms()).is_err(), "a sweep has no time to go by");
    assert!(ours.runtime.block_on(ours.blobs.now_ms()).unwrap().is_some());
    ours.runtime.block_on(ours.blobs.health()).unwrap();
}

#[test]
fn two_installations_share_a_bucket_under_two_prefixes() {
    let Some(options) = bucket() else { return };
    let at = |prefix: &str| House::with(BucketOptions { prefix: prefix.into(), ..options.clone() });
    let (root, one, other) = (at(""), at("one"), at("one-more"));
    for house in [&one, &other] {
        house.publish("exports/a/1.zip", b"x").unwrap();
        assert_eq!(house.keys(), ["exports/a/1.zip"]);
    }
    assert_eq!(root.keys(), ["one-more/exports/a/1.zip", "one/exports/a/1.zip"]);
}

#[test]
fn a_bucket_that_is_not_there_is_no_missing_object() {
    let Some(mut options) = bucket() else { return };
    options.bucket = "nowhere".into();
    let house = House::with(options);
    for error in [
        house.read("a", 0..1).unwrap_err(),
        house.publish("a", b"x").unwrap_err(),
        house.runtime.block_on(house.blobs.claim("one")).unwrap_err(),
    ] {
        assert!(error.is_final() && !error.is_missing(), "{error}");
    }
    assert!(house.delete("a").is_err(), "a row must not be forgotten for it");
}

#[test]
fn a_store_that_is_down_is_told_as_such_and_in_time() {
    let Some((house, faults, _)) = troubled_in_haste() else { return };
    let health = || house.runtime.block_on(house.blobs.health());
    faults.judge(|_| Fate::Stalls);
    let begun = Instant::now();
    let why = health().unwrap_err();
    assert!(begun.elapsed() < Duration::from_secs(20) && why.contains("does not answer"), "{why}");
    assert!(health().is_err(), "believed for a while");
    assert!(!house.runtime.block_on(house.blobs.claim("one")).unwrap_err().is_final());
    faults.judge(|_| Fate::Passes);
    until("it is well again", || health().is_ok());
}

#[test]
fn a_signed_url_gives_the_object_to_anybody_under_its_name() {
    let Some(options) = bucket() else { return };
    let house = House::with(options.clone());
    house.publish("exports/a/1.zip", b"hello").unwrap();
    let signed = Signed {
        content_type: "application/octet-stream;charset=ISO-8859-1",
        content_disposition: "attachment; filename=\"_.zip\"; filename*=UTF-8''%E4%B8%AD.zip",
        lasts: Duration::from_secs(60),
    };
    let url = |key: &str, bytes| house.runtime.block_on(house.blobs.signed_url(key, bytes, signed));
    let found = url("exports/a/1.zip", 5).unwrap().unwrap();
    assert!(!found.contains("a-secret") && found.contains("X-Amz-Expires=60"), "{found}");
    let answer = ask(&options.endpoint, "GET", found.strip_prefix(options.endpoint.as_str()).unwrap());
    let head = answer.to_lowercase();
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
    assert!(head.contains("content-type: application/octet-stream;charset=iso-8859-1"), "{answer}");
    assert!(head.contains("filename*=utf-8''%e4%b8%ad.zip"), "{answer}");
    assert!(url("exports/a/2.zip", 5).is_err_and(|error| error.is_missing()));
    assert!(url("exports/a/1.zip", 6).is_err(), "half an object gets no URL");
    let local = House::local();
    let none = local.runtime.block_on(local.blobs.signed_url("a", 1, signed));
    assert!(none.unwrap().is_none(), "what lies below the data directory has no URL");
}

#[test]
fn an_upload_says_how_it_is_to_be_encrypted_and_what_it_hashes_to() {
    let Some(mut options) = bucket() else { return };
    (options.sse, options.sse_kms_key_id) = ("aws:kms".into(), "key-1".into());
    let house = House::with(options.clone());
    house.publish("small", b"hello").unwrap();
    house.publish("large", &bytes(9 << 20)).unwrap();
    for key in ["small", "large"] {
        let target = format!("/{}/here/and/{key}", options.bucket);
        let head = ask(&options.endpoint, "HEAD", &target).to_lowercase();
        assert!(head.contains("x-amz-server-side-encryption: aws:kms"), "{head}");
        assert!(head.contains("key-1"), "{head}");
    }
}
