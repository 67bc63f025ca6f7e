//! Distance: a connection costs a round trip for TCP and one for TLS 1.3 before it carries anything, and every byte
//! takes half a round trip. TLS itself is not spoken: only its time counts here, and it is the same for both sides.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until};

/// A gateway so far away; its address.
pub async fn far(gateway: SocketAddr, round_trip: Duration) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
    let addr = listener.local_addr().expect("a listener has an address");
    tokio::spawn(async move {
        while let Ok((near, _)) = listener.accept().await {
            tokio::spawn(async move {
                sleep(round_trip * 2).await;
                let Ok(far) = TcpStream::connect(gateway).await else { return };
                far.set_nodelay(true).ok();
                near.set_nodelay(true).ok();
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                tokio::join!(carry(near_in, far_out, round_trip / 2), carry(far_in, near_out, round_trip / 2));
            });
        }
    });
    addr
}

/// What comes together goes together, later.
async fn carry(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, later: Duration) {
    let mut chunk = vec![0; 65_536];
    while let Ok(many @ 1..) = from.read(&mut chunk).await {
        sleep_until(Instant::now() + later).await;
        if to.write_all(&chunk[..many]).await.is_err() {
            return;
        }
    }
    // The other end has ended; so does this one.
    to.shutdown().await.ok();
}
