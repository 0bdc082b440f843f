//! A WebSocket to the gateway: frames in, frames out, of bounded length and in bounded time. The
//! library beneath it logs nothing, so no frame gets into a log by it.

use std::{io, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use reqwest::Url;
use tokio::{
    net::TcpStream,
    time::{error::Elapsed, timeout},
};
use tokio_websockets::{
    ClientBuilder, CloseCode, Connector, Limits, MaybeTlsStream, Message, WebSocketStream,
};

use super::{
    inflate::{FRAME_MAX_BYTES, InflateError, Inflater},
    wire::SENT_MAX_BYTES,
};
use crate::http;

/// How long it may take to be connected: names looked up, TLS, and the WebSocket's own greeting.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How long a frame of ours may take to be on its way.
const SEND_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a connection that we close may take to end.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// What is added to the gateway's URL: the version, JSON, and one zstd stream for all frames.
const QUERY: [(&str, &str); 4] = [
    ("v", "1"),
    ("encoding", "json"),
    ("compress", "zstd-stream"),
    ("stream", "1"),
];

/// The code with which the session is over.
pub(super) const OVER: CloseCode = CloseCode::NORMAL_CLOSURE;

/// The code with which the session is to go on elsewhere.
pub(super) const TO_BE_RESUMED: u16 = 4000;

/// What a connection ended with.
#[derive(Debug, thiserror::Error)]
pub(super) enum SocketError {
    /// The gateway's address is none.
    #[error("the gateway's address is no URL of a WebSocket")]
    Address,
    /// No connection, or it broke.
    #[error("the connection failed")]
    Connection(#[from] tokio_websockets::Error),
    /// No connection.
    #[error("no connection")]
    Io(#[from] io::Error),
    /// Nothing goes any more.
    #[error("the connection took too long")]
    TimedOut(#[from] Elapsed),
    /// The gateway sent something that is no zstd stream.
    #[error("the stream is broken")]
    Inflate(#[from] InflateError),
    /// A frame that the gateway would not take.
    #[error("a frame of {0} bytes, which is more than the gateway takes")]
    TooLong(usize),
}

/// What came in.
pub(super) enum Incoming {
    /// A whole frame.
    Frame(Bytes),
    /// A frame that is too long to be read.
    Skipped,
    /// The end, with its close code if there was one.
    Closed(Option<u16>),
}

/// Makes connections. Clones share their TLS.
#[derive(Clone)]
pub(super) struct Plug(Arc<Connector>);

/// One connection.
pub(super) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    inflater: Inflater,
}

impl Plug {
    pub(super) fn new() -> Self {
        let tls = Arc::new(http::tls_config());
        Self(Arc::new(Connector::Rustls(tls.into())))
    }

    /// Connects to the gateway with this base URL.
    pub(super) async fn connect(&self, url: &str) -> Result<Socket, SocketError> {
        timeout(CONNECT_TIMEOUT, self.connect_slowly(url)).await?
    }

    async fn connect_slowly(&self, base: &str) -> Result<Socket, SocketError> {
        let url = address(base)?;
        let connector = match url.scheme() {
            "wss" => &*self.0,
            "ws" => &Connector::Plain,
            _ => return Err(SocketError::Address),
        };
        let host = url.host_str().ok_or(SocketError::Address)?;
        let port = url.port_or_known_default().ok_or(SocketError::Address)?;
        // Without the brackets of an address of IPv6. All addresses of a name are tried.
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        let stream = connector.wrap(host, stream).await?;
        let (stream, _) = ClientBuilder::new()
            .uri(url.as_str())
            .map_err(|_| SocketError::Address)?
            // The same for frames that are not compressed, where it is the longest that is read.
            .limits(Limits::default().max_payload_len(Some(FRAME_MAX_BYTES)))
            .connect_on(stream)
            .await?;
        Ok(Socket {
            stream,
            inflater: Inflater::new(),
        })
    }
}

/// The whole address of the gateway with this base URL, whatever path and query that has.
fn address(base: &str) -> Result<Url, SocketError> {
    let mut url = Url::parse(base).map_err(|_| SocketError::Address)?;
    if url.cannot_be_a_base() {
        return Err(SocketError::Address);
    }
    url.set_fragment(None);
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    url.query_pairs_mut().extend_pairs(QUERY);
    Ok(url)
}

impl Socket {
    /// The next frame. Nothing is lost when this is given up before it comes.
    pub(super) async fn next(&mut self) -> Result<Incoming, SocketError> {
        loop {
            let Some(message) = self.stream.next().await else {
                return Ok(Incoming::Closed(None));
            };
            let message = message?;
            if let Some((code, _)) = message.as_close() {
                return Ok(Incoming::Closed(Some(code.into())));
            }
            if message.is_binary() {
                return Ok(match self.inflater.inflate(message.as_payload())? {
                    Some(frame) => Incoming::Frame(frame.into()),
                    None => Incoming::Skipped,
                });
            }
            if message.is_text() {
                return Ok(Incoming::Frame(message.into_payload().into()));
            }
        }
    }

    /// Sends a frame.
    pub(super) async fn send(&mut self, frame: String) -> Result<(), SocketError> {
        if frame.len() > SENT_MAX_BYTES {
            return Err(SocketError::TooLong(frame.len()));
        }
        timeout(SEND_TIMEOUT, self.stream.send(Message::text(frame))).await??;
        Ok(())
    }

    /// Ends the connection with this code. One that does not end in time is left.
    pub(super) async fn close(mut self, code: CloseCode) {
        let closing = async {
            let message = Message::close(Some(code), "");
            if self.stream.send(message).await.is_ok() {
                // The other side's answer is the end.
                while self.stream.next().await.is_some_and(|next| next.is_ok()) {}
            }
        };
        let _ = timeout(CLOSE_TIMEOUT, closing).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_gateway_wants_to_know_is_added_to_any_address() {
        const ADDED: &str = "v=1&encoding=json&compress=zstd-stream&stream=1";
        for (base, expected) in [
            ("wss://chat.example", "wss://chat.example/?"),
            ("wss://chat.example/", "wss://chat.example/?"),
            ("ws://[::1]:8088/gateway", "ws://[::1]:8088/gateway/?"),
            ("wss://chat.example/a/b/", "wss://chat.example/a/b/?"),
            (
                "wss://chat.example/a?region=x",
                "wss://chat.example/a/?region=x&",
            ),
            ("wss://chat.example/#top", "wss://chat.example/?"),
        ] {
            let whole = address(base).unwrap();
            assert_eq!(whole.as_str(), format!("{expected}{ADDED}"), "{base}");
        }
        for none in ["", "chat.example", "data:text/plain,x"] {
            assert!(address(none).is_err(), "{none}");
        }
    }
}
