//! A proxy in front of a store that does to requests what networks and stores do to them.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        mpsc::{self, Sender},
    },
    thread::JoinHandle,
};

use unlade_blob::BucketOptions;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Fate {
    /// It is passed on, and so is the answer.
    Passes,
    /// It is answered with this status instead.
    Refused(u16),
    /// Of the body of the answer so many bytes come, then the connection ends.
    BreaksOffAfter(usize),
    /// It is passed on, and no answer comes.
    Stalls,
    /// Of the body of the answer so many bytes come, then nothing.
    StallsAfter(usize),
}

type Judge = Box<dyn FnMut(&str) -> Fate + Send>;

/// The proxy; it ends with its test.
pub(crate) struct Faults {
    address: String,
    judge: Arc<Mutex<Judge>>,
    /// Whoever stalls waits until this is dropped.
    _end: Sender<()>,
    _listening: JoinHandle<()>,
}

impl Faults {
    /// In front of the store of `options`, which then lead to it.
    pub(crate) fn before(options: &mut BucketOptions) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let store = options.endpoint.strip_prefix("http://").unwrap().to_owned();
        options.endpoint = format!("http://{address}");
        let judge: Arc<Mutex<Judge>> = Arc::new(Mutex::new(Box::new(|_| Fate::Passes)));
        let (end, ended) = mpsc::channel::<()>();
        let ended = Arc::new(Mutex::new(ended));
        let judging = judge.clone();
        let listening = std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (store, judging, ended) = (store.clone(), judging.clone(), ended.clone());
                std::thread::spawn(move || {
                    // Whoever goes away in the middle is none of our business.
                    let _ = serve(
                        &client,
                        &store,
                        |line| judging.lock().unwrap()(line),
                        || {
                            let _ = ended.lock().unwrap().recv();
                        },
                    );
                });
            }
        });
        Self { address, judge, _end: end, _listening: listening }
    }

    /// From now on `judge` says what becomes of a request, of which it is told `METHOD target`.
    pub(crate) fn judge(&self, judge: impl FnMut(&str) -> Fate + Send + 'static) {
        *self.judge.lock().unwrap() = Box::new(judge);
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

fn serve(
    client: &TcpStream,
    store: &str,
    judge: impl FnOnce(&str) -> Fate,
    wait_for_the_end: impl FnOnce(),
) -> io::Result<()> {
    let mut reader = BufReader::new(client);
    let (head, body) = message(&mut reader)?;
    let line = head.lines().next().unwrap_or_default();
    let fate = judge(line.trim_end_matches(" HTTP/1.1"));
    let mut client = client;
    if let Fate::Refused(status) = fate {
        return write!(client, "HTTP/1.1 {status} No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
    }
    let mut onward = TcpStream::connect(store)?;
    let (line, rest) = head.split_once("\r\n").unwrap_or_default();
    write!(onward, "{line}\r\nConnection: close\r\n{rest}")?;
    onward.write_all(&body)?;
    let head_only = line.starts_with("HEAD ");
    let mut answer = Vec::new();
    onward.read_to_end(&mut answer)?;
    let body_at = answer.windows(4).position(|four| four == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
    let until = match fate {
        Fate::BreaksOffAfter(bytes) | Fate::StallsAfter(bytes) if !head_only => {
            answer.len().min(body_at + bytes)
        }
        Fate::Stalls => 0,
        _ => answer.len(),
    };
    client.write_all(&answer[..until])?;
    client.flush()?;
    if matches!(fate, Fate::Stalls | Fate::StallsAfter(_)) {
        wait_for_the_end();
    }
    Ok(())
}

/// The head of a request with its last empty line, and the body that it announces.
fn message(reader: &mut impl BufRead) -> io::Result<(String, Vec<u8>)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or(0)];
    reader.read_exact(&mut body)?;
    Ok((head, body))
}
