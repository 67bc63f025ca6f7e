//! Counts the `fsync` and `fdatasync` calls of a process with `strace`.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// Counts the calls of a process during `work`. Returns `None` where `strace` is missing.
pub async fn syncs<T>(pid: u32, work: impl Future<Output = Result<T, String>>) -> Result<Option<usize>, String> {
    let spawned = Command::new("strace")
        .args(["-f", "-q", "-e", "trace=fsync,fdatasync", "-p", &pid.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let Ok(mut trace) = spawned else { return work.await.map(|_| None) };
    let mut lines = BufReader::new(trace.stderr.take().ok_or("strace has no output")?).lines();
    let counting = tokio::spawn(async move {
        let mut calls = 0;
        while let Ok(Some(line)) = lines.next_line().await {
            // An interrupted call has a second line that says "resumed".
            calls += usize::from(line.contains("sync(") && !line.contains("resumed"));
        }
        calls
    });
    // `strace` does not report when it is attached, and it stops the process for a moment.
    wait_until_traced(pid).await;
    let result = work.await;
    if let Some(id) = trace.id() {
        let end = Command::new("kill").args(["-INT", &id.to_string()]).status();
        end.await.map_err(|error| error.to_string())?;
    }
    let calls = timeout(Duration::from_secs(10), counting).await.map_err(|_| "strace did not exit")?;
    trace.wait().await.map_err(|error| error.to_string())?;
    result.map(|_| ())?;
    calls.map(Some).map_err(|error| error.to_string())
}

/// Waits until all threads of the process have a tracer, at most four seconds.
async fn wait_until_traced(pid: u32) {
    for _ in 0..200 {
        let mut threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        let traced = |thread: std::fs::DirEntry| {
            let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            !status.lines().any(|line| line == "TracerPid:\t0")
        };
        if threads.all(traced) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
