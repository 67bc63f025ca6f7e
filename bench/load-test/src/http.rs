//! A minimal HTTP client: one keep-alive connection, responses with a length, and event streams read line by line.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

/// A keep-alive connection.
pub struct Connection {
    addr: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

/// A response.
#[derive(Debug, Default)]
pub struct Response {
    pub status: u16,
    pub retry_after: bool,
    pub body: Vec<u8>,
}

impl Connection {
    pub fn new(addr: SocketAddr) -> Self {
        Self { addr, stream: None }
    }

    /// Sends a request and reads the response. After an error the next call opens a new connection.
    pub async fn send(&mut self, method: &str, path: &str, body: &str) -> io::Result<Response> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(connect(self.addr).await?),
        };
        let exchange = async {
            stream.get_mut().write_all(request(method, path, body).as_bytes()).await?;
            let (mut response, length, close) = read_head(&mut stream).await?;
            response.body = vec![0; length.ok_or_else(|| io::Error::other("response without a length"))?];
            stream.read_exact(&mut response.body).await?;
            Ok::<_, io::Error>((response, close))
        };
        let (response, close) = exchange.await?;
        if !close {
            self.stream = Some(stream);
        }
        Ok(response)
    }
}

/// A stream of server-sent events.
pub struct Events(BufReader<TcpStream>);

impl Events {
    /// Opens a stream; a status other than 200 is an error.
    pub async fn open(addr: SocketAddr, path: &str) -> io::Result<Self> {
        let mut stream = BufReader::new(connect(addr).await?);
        stream.get_mut().write_all(request("GET", path, "").as_bytes()).await?;
        let (response, ..) = read_head(&mut stream).await?;
        if response.status == 200 { Ok(Self(stream)) } else { Err(io::Error::other(format!("{}", response.status))) }
    }

    /// The data of the next event, `None` at the end of the stream.
    pub async fn next(&mut self) -> io::Result<Option<String>> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.0.read_line(&mut line).await? == 0 {
                return Ok(None);
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Ok(Some(data.trim_end().to_owned()));
            }
        }
    }
}

async fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(addr).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn request(method: &str, path: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "{method} {path} HTTP/1.1\r\nhost: shop\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

async fn read_head(stream: &mut BufReader<TcpStream>) -> io::Result<(Response, Option<usize>, bool)> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut response = Response { status: status.ok_or(io::ErrorKind::UnexpectedEof)?, ..Response::default() };
    let (mut length, mut close) = (None, false);
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok(),
            "retry-after" => response.retry_after = true,
            "connection" => close = value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    Ok((response, length, close))
}
