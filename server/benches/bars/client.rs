//! A lean HTTP/1.1 client: keep-alive, one request at a time, no more work than a load generator must do.

use anyhow::{Context, bail};
use std::net::SocketAddr;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// A connection that is kept.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Status.
    pub(crate) status: u16,
    /// Status line and headers.
    pub(crate) head: String,
    /// Body, chunks put together.
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A header's value; `name` in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let pairs = self.head.lines().filter_map(|line| line.split_once(':'));
        pairs.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request without a body.
pub(crate) fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n").into_bytes()
}

/// A request with a body.
pub(crate) fn post(path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut request =
        format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {}\r\n{headers}\r\n", body.len()).into_bytes();
    request.extend_from_slice(body);
    request
}

impl Connection {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address).await.context("the server does not answer")?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn exchange(&mut self, request: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(request).await?;
        self.answer().await
    }

    /// Sends a request whose answer may begin before it has been sent whole.
    pub(crate) async fn stream(mut self, head: &[u8], body: &[u8]) -> anyhow::Result<Answer> {
        self.stream.write_all(head).await?;
        let (mut read, mut write) = self.stream.split();
        let sending = async {
            // Pieces, so that the reading half gets its turn.
            for piece in body.chunks(256 << 10) {
                write.write_all(piece).await?;
            }
            std::io::Result::Ok(())
        };
        let reading = receive(&mut read, &mut self.buffer);
        tokio::pin!(reading);
        tokio::select! {
            answer = &mut reading => answer, // Answered early: refused, most likely.
            sent = sending => { sent?; reading.await }
        }
    }

    /// Sends a request whose answer does not end, such as a stream of events.
    pub(crate) async fn listen(&mut self, request: &[u8]) -> anyhow::Result<()> {
        self.stream.write_all(request).await?;
        self.heard("listening").await
    }

    /// Reads on until this was heard; what came before is forgotten.
    pub(crate) async fn heard(&mut self, words: &str) -> anyhow::Result<()> {
        loop {
            if let Some(at) = find(&self.buffer, words.as_bytes()) {
                self.buffer.drain(..at + words.len());
                return Ok(());
            }
            more(&mut self.stream, &mut self.buffer).await?;
        }
    }

    async fn answer(&mut self) -> anyhow::Result<Answer> {
        receive(&mut self.stream, &mut self.buffer).await
    }
}

/// Reads one answer.
async fn receive(stream: &mut (impl AsyncReadExt + Unpin), buffer: &mut Vec<u8>) -> anyhow::Result<Answer> {
    let end = loop {
        if let Some(end) = find(buffer, b"\r\n\r\n") {
            break end + 4;
        }
        more(stream, buffer).await?;
    };
    let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let status = head.get(9..12).and_then(|code| code.parse().ok()).context("this is not HTTP/1.1")?;
    let mut answer = Answer { status, head, body: Vec::new() };
    if answer.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        loop {
            let line = loop {
                if let Some(line) = find(buffer, b"\r\n") {
                    break line;
                }
                more(stream, buffer).await?;
            };
            let size =
                usize::from_str_radix(std::str::from_utf8(&buffer[..line])?.split(';').next().unwrap_or_default().trim(), 16)?;
            while buffer.len() < line + 2 + size + 2 {
                more(stream, buffer).await?;
            }
            answer.body.extend_from_slice(&buffer[line + 2..line + 2 + size]);
            buffer.drain(..line + 2 + size + 2);
            if size == 0 {
                return Ok(answer);
            }
        }
    }
    let length: usize = answer.header("content-length").map_or(Ok(0), str::parse)?;
    while buffer.len() < length {
        more(stream, buffer).await?;
    }
    answer.body = buffer.drain(..length).collect();
    Ok(answer)
}

async fn more(stream: &mut (impl AsyncReadExt + Unpin), buffer: &mut Vec<u8>) -> anyhow::Result<()> {
    if stream.read_buf(buffer).await? == 0 {
        bail!("the server hung up");
    }
    Ok(())
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}
