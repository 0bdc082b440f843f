//! A platform whose every byte is the test's own: what no HTTP library would send.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

/// The answers to everything but what a test is about.
const NOT_FOUND: &[u8] = b"HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\n\
    content-length: 12\r\n\r\n{\"code\": 0}\n";

/// What is sent for one request.
#[derive(Clone, Debug)]
pub(crate) struct Crude {
    bytes: Vec<u8>,
    then: Then,
}

/// What happens after the bytes.
#[derive(Clone, Debug)]
enum Then {
    KeepOpen,
    HangUp,
    /// These bytes again and again, until the other side hangs up.
    Repeat(Vec<u8>),
}

impl Crude {
    /// These bytes, and the next request is waited for.
    pub(crate) fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self {
            bytes: bytes.as_ref().to_vec(),
            then: Then::KeepOpen,
        }
    }

    /// A head of this status and these header lines, and this body with its length.
    pub(crate) fn answer(status: &str, headers: &[&str], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let length = format!("content-length: {}", body.len());
        let lines = [headers, &[length.as_str()]].concat();
        let mut bytes = head(status, &lines);
        bytes.extend_from_slice(body);
        Self::bytes(bytes)
    }

    /// A head of this status and these header lines, and nothing after it yet.
    pub(crate) fn head(status: &str, headers: &[&str]) -> Self {
        Self::bytes(head(status, headers))
    }

    /// Nothing at all.
    pub(crate) fn nothing() -> Self {
        Self::bytes([])
    }

    /// These bytes after what there is.
    pub(crate) fn and(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.bytes.extend_from_slice(bytes.as_ref());
        self
    }

    /// The connection ends after it.
    pub(crate) fn hanging_up(self) -> Self {
        Self {
            then: Then::HangUp,
            ..self
        }
    }

    /// And then these bytes without end.
    pub(crate) fn repeating(self, bytes: impl AsRef<[u8]>) -> Self {
        Self {
            then: Then::Repeat(bytes.as_ref().repeat(64 * 1024 / bytes.as_ref().len())),
            ..self
        }
    }
}

fn head(status: &str, headers: &[&str]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status}\r\n");
    for line in headers {
        head += line;
        head += "\r\n";
    }
    (head + "\r\n").into_bytes()
}

/// One request.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// Request line and headers.
    pub(crate) head: String,
    /// How many came before it on its connection.
    pub(crate) earlier: usize,
}

impl Asked {
    fn is_about(&self, path: &str) -> bool {
        let line = self.head.lines().next().unwrap_or_default();
        line.contains(path)
    }
}

/// A running platform; it stops when this is dropped.
#[derive(Debug)]
pub(crate) struct CrudePlatform {
    address: SocketAddr,
    shared: Arc<Shared>,
    running: JoinHandle<()>,
}

struct Shared {
    answer: Box<dyn Fn(&Asked) -> Crude + Send + Sync>,
    path: &'static str,
    asked: Mutex<Vec<Asked>>,
    sent: AtomicUsize,
}

impl Shared {
    fn new(path: &'static str, answer: impl Fn(&Asked) -> Crude + Send + Sync + 'static) -> Self {
        Self {
            answer: Box::new(answer),
            path,
            asked: Mutex::default(),
            sent: AtomicUsize::new(0),
        }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Drop for CrudePlatform {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl CrudePlatform {
    /// Answers every request whose path holds this in the same way, others with 404.
    pub(crate) async fn answering(path: &'static str, answer: Crude) -> Self {
        Self::deciding(path, move |_| answer.clone()).await
    }

    /// Answers every request whose path holds this as it is decided, others with 404.
    pub(crate) async fn deciding(
        path: &'static str,
        answer: impl Fn(&Asked) -> Crude + Send + Sync + 'static,
    ) -> Self {
        Self::start(path, answer, None).await
    }

    /// The same behind TLS.
    pub(crate) async fn with_tls(config: ServerConfig) -> Self {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let list = |_: &Asked| Crude::answer("200 OK", &[], "[]");
        Self::start("/invites", list, Some(acceptor)).await
    }

    /// Sends these bytes to whoever connects, without a request, and then waits.
    pub(crate) async fn greeting(answer: Crude) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::new("/", |_| Crude::nothing()));
        let serving = Arc::clone(&shared);
        let running = tokio::spawn(async move {
            let mut open = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                send(&mut stream, &answer.bytes, &serving).await;
                if matches!(answer.then, Then::KeepOpen) {
                    open.push(stream);
                }
            }
        });
        Self {
            address,
            shared,
            running,
        }
    }

    async fn start(
        path: &'static str,
        answer: impl Fn(&Asked) -> Crude + Send + Sync + 'static,
        tls: Option<TlsAcceptor>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::new(path, answer));
        let serving = Arc::clone(&shared);
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (shared, tls) = (Arc::clone(&serving), tls.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &shared).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &shared).await;
                            }
                        }
                    }
                });
            }
        });
        Self {
            address,
            shared,
            running,
        }
    }

    /// Its origin by this scheme.
    pub(crate) fn origin(&self, scheme: &str) -> String {
        format!("{scheme}://{}", self.address)
    }

    /// The requests so far that the test is about.
    pub(crate) fn asked(&self) -> usize {
        let all = self.shared.asked.lock().unwrap();
        let about = all.iter().filter(|asked| asked.is_about(self.shared.path));
        about.count()
    }

    /// All requests so far.
    pub(crate) fn asked_in_all(&self) -> usize {
        self.shared.asked.lock().unwrap().len()
    }

    /// How many bytes went out so far, those included that the system holds for the other side.
    pub(crate) fn sent(&self) -> usize {
        self.shared.sent.load(Ordering::SeqCst)
    }
}

/// Reads requests and answers them, until either side hangs up.
async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, shared: &Shared) {
    for earlier in 0.. {
        let Some(head) = read_request(&mut stream).await else {
            return;
        };
        let asked = Asked { head, earlier };
        let Crude { bytes, then } = if asked.is_about(shared.path) {
            (shared.answer)(&asked)
        } else {
            Crude::bytes(NOT_FOUND)
        };
        shared.asked.lock().unwrap().push(asked);
        if !send(&mut stream, &bytes, shared).await {
            return;
        }
        match then {
            Then::KeepOpen => {}
            Then::HangUp => {
                let _ = stream.shutdown().await;
                return;
            }
            Then::Repeat(bytes) => while send(&mut stream, &bytes, shared).await {},
        }
    }
}

async fn send(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8], shared: &Shared) -> bool {
    let is_sent = stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok();
    if is_sent {
        shared.sent.fetch_add(bytes.len(), Ordering::SeqCst);
    }
    is_sent
}

/// The head of the next request, after which its body was read, too.
async fn read_request(stream: &mut (impl AsyncRead + Unpin)) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.trim().parse::<usize>().unwrap())
    });
    let mut body = vec![0; length.unwrap_or_default()];
    stream.read_exact(&mut body).await.ok()?;
    Some(head)
}
