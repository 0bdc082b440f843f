//! Just enough HTTP to ask the service.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// `GET` of a path: status and body.
pub(crate) async fn get(address: SocketAddr, path: &str) -> (u16, Vec<u8>) {
    send(address, &format!("GET {path}"), &[], "").await
}

/// `POST` of a body: status and body.
pub(crate) async fn post(
    address: SocketAddr,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, Vec<u8>) {
    send(address, &format!("POST {path}"), headers, body).await
}

async fn send(
    address: SocketAddr,
    call: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, Vec<u8>) {
    let mut request = format!("{call} HTTP/1.1\r\nhost: gatehouse\r\nconnection: close\r\n");
    for (name, value) in headers {
        request += &[*name, ": ", *value, "\r\n"].concat();
    }
    request += &[
        "content-length: ",
        &body.len().to_string(),
        "\r\n\r\n",
        body,
    ]
    .concat();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n");
    let body = answer.split_off(end.expect("a whole head") + 4);
    let head = String::from_utf8(answer).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, body)
}
