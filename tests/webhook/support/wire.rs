//! A connection on which every byte is the test's own.

use std::{fmt::Write as _, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// One TCP connection to the service.
#[derive(Debug)]
pub(crate) struct Wire {
    stream: TcpStream,
    /// What came and was not looked at yet.
    unread: Vec<u8>,
    /// Whether the last answer says that the connection is to be closed.
    pub(crate) is_to_be_closed: bool,
}

impl Wire {
    /// Connects.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream,
            unread: Vec::new(),
            is_to_be_closed: false,
        }
    }

    /// Sends bytes; `false` when the other side has hung up.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).await.is_ok()
    }

    /// Says that nothing more is sent.
    pub(crate) async fn end(&mut self) {
        self.stream.shutdown().await.unwrap();
    }

    /// Reads one answer: its status and body; `None` when the other side hung up instead.
    pub(crate) async fn answer(&mut self) -> Option<(u16, Vec<u8>)> {
        let end = loop {
            let end = self.unread.windows(4).position(|four| four == b"\r\n\r\n");
            match end {
                Some(end) => break end + 4,
                None => self.read_more().await?,
            }
        };
        let head = String::from_utf8(self.unread[..end].to_vec()).unwrap();
        let mut lines = head.lines();
        self.is_to_be_closed = lines.any(|line| line.eq_ignore_ascii_case("connection: close"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_length = name.eq_ignore_ascii_case("content-length");
            is_length.then(|| value.trim().parse::<usize>().unwrap())
        });
        let end_of_body = end + length.unwrap_or_default();
        while self.unread.len() < end_of_body {
            self.read_more().await?;
        }
        let body = self.unread[end..end_of_body].to_vec();
        self.unread.drain(..end_of_body);
        Some((status, body))
    }

    async fn read_more(&mut self) -> Option<()> {
        let mut buffer = [0; 4096];
        match self.stream.read(&mut buffer).await {
            Ok(0) | Err(_) => None,
            Ok(read) => {
                self.unread.extend_from_slice(&buffer[..read]);
                Some(())
            }
        }
    }
}

/// The head of a `POST` whose body has this length.
pub(crate) fn head(path: &str, headers: &[(String, String)], length: usize) -> String {
    let mut head =
        format!("POST {path} HTTP/1.1\r\nhost: gatehouse\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head + "\r\n"
}
