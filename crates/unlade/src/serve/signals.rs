//! How a server is asked to end.

use std::{
    io::{self, Read},
    process,
};

use tokio::{
    runtime::{Handle, Runtime},
    signal::unix::{Signal, SignalKind, signal},
    sync::oneshot,
};

use crate::error::Error;

/// What a shell says of a process that an interrupt ended.
const INTERRUPTED: i32 = 130;

/// Is there once the process is asked to end: by SIGTERM, by SIGINT or, for a throwaway server, by the end of
/// its standard input, which comes however its parent ends. A second signal ends it at once.
pub(super) fn asked_to_end(
    runtime: &Runtime,
    throwaway: bool,
) -> Result<impl Future<Output = ()> + use<>, Error> {
    let _inside = runtime.enter();
    let catch = |kind| signal(kind).map_err(Error::system("catch signals"));
    let (mut terminate, mut interrupt) = (catch(SignalKind::terminate())?, catch(SignalKind::interrupt())?);
    let mut input = end_of_input(throwaway)?;
    Ok(async move {
        tokio::select! {
            () = either(&mut terminate, &mut interrupt) => {}
            Ok(()) = &mut input, if throwaway => {}
        }
        tokio::spawn(async move {
            either(&mut terminate, &mut interrupt).await;
            process::exit(INTERRUPTED);
        });
    })
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// From now on SIGHUP does not end the process.
pub(super) fn outlive_hangups(runtime: &Handle) -> Result<(), Error> {
    let _inside = runtime.enter();
    let mut hangups = signal(SignalKind::hangup()).map_err(Error::system("catch signals"))?;
    runtime.spawn(async move { while hangups.recv().await.is_some() {} });
    Ok(())
}

/// A thread of its own waits for the end of the input: nothing else can be told to stop waiting for it.
fn end_of_input(throwaway: bool) -> Result<oneshot::Receiver<()>, Error> {
    let (ended, input) = oneshot::channel();
    if throwaway {
        let wait = move || {
            let _ = io::copy(&mut io::stdin().lock().by_ref(), &mut io::sink());
            let _ = ended.send(());
        };
        std::thread::Builder::new()
            .name("input".into())
            .spawn(wait)
            .map_err(Error::system("start a thread"))?;
    }
    Ok(input)
}
