//! A server process under test: start, CPU time, memory, stop.

use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use tokio::process::{Child, Command};

use crate::http::Connection;

/// A running server.
pub struct Server {
    pub addr: SocketAddr,
    pub pid: u32,
    child: Child,
}

impl Server {
    /// Starts a program and waits until `path` returns 200. The port is in `PORT`, and replaces `{port}` in `env`.
    pub async fn start(program: &str, args: &[&str], env: &[(&str, String)], path: &str) -> Result<Self, String> {
        let port =
            TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).map_err(|e| e.to_string())?.port();
        let mut command = Command::new(program);
        command.args(args).env_clear().kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null());
        command.env("PATH", std::env::var("PATH").unwrap_or_default()).env("PORT", port.to_string());
        for (name, value) in env {
            command.env(name, value.replace("{port}", &port.to_string()));
        }
        command.stderr(Stdio::null());
        let mut child = command.spawn().map_err(|error| format!("{program}: {error}"))?;
        let pid = child.id().ok_or_else(|| format!("{program} exited at once"))?;
        let addr: SocketAddr = ([127, 0, 0, 1], port).into();
        for _ in 0..600 {
            if Connection::new(addr).send("GET", path, "").await.is_ok_and(|response| response.status == 200) {
                return Ok(Self { addr, pid, child });
            }
            if let Ok(Some(status)) = child.try_wait() {
                return Err(format!("{program} exited: {status}"));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Err(format!("{program} does not respond at {path}"))
    }

    /// The CPU time in user and kernel mode so far, with its children, in seconds.
    pub fn cpu(&self) -> f64 {
        process_tree(self.pid).into_iter().map(cpu_of).sum()
    }

    /// The current memory in MB, with its children.
    pub fn memory(&self) -> f64 {
        process_tree(self.pid).into_iter().map(memory_of).sum()
    }

    pub async fn stop(mut self) {
        // The benchmark does not measure the shutdown.
        self.child.kill().await.ok();
    }
}

/// A process and its descendants.
fn process_tree(pid: u32) -> Vec<u32> {
    let children = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let mut all = vec![pid];
    all.extend(children.split_whitespace().filter_map(|child| child.parse().ok()).flat_map(process_tree));
    all
}

/// `utime` and `stime` of `/proc/PID/stat`, in ticks of 10 ms.
fn cpu_of(pid: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The process name may contain any character; the last parenthesis ends it.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

fn memory_of(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kb| kb.parse::<f64>().ok()).unwrap_or_default() / 1024.0
}
