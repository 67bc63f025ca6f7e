//! A proxy that simulates network latency: a connection takes one round trip for TCP and one for TLS 1.3, and every byte
//! takes half a round trip. The proxy only adds the time of TLS, which is the same for both sides.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until};

/// Starts a proxy in front of the gateway and returns its address.
pub async fn start(gateway: SocketAddr, round_trip: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let addr = listener.local_addr().expect("a listener has an address");
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(async move {
                sleep(round_trip * 2).await;
                let Ok(upstream) = TcpStream::connect(gateway).await else { return };
                upstream.set_nodelay(true).ok();
                client.set_nodelay(true).ok();
                let ((client_in, client_out), (upstream_in, upstream_out)) =
                    (client.into_split(), upstream.into_split());
                tokio::join!(
                    forward(client_in, upstream_out, round_trip / 2),
                    forward(upstream_in, client_out, round_trip / 2)
                );
            });
        }
    });
    addr
}

/// Forwards each chunk after `delay`.
async fn forward(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, delay: Duration) {
    let mut chunk = vec![0; 65_536];
    while let Ok(length @ 1..) = from.read(&mut chunk).await {
        sleep_until(Instant::now() + delay).await;
        if to.write_all(&chunk[..length]).await.is_err() {
            return;
        }
    }
    // One side has closed the connection, so the other side is closed too.
    to.shutdown().await.ok();
}
