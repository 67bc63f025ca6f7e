//! How often a process had the disk make sure, counted by the kernel's own trace.

use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::timeout;

/// The `fsync` and `fdatasync` calls of a process during some work; nothing where there is no `strace`.
pub async fn syncs<T>(pid: u32, work: impl Future<Output = Result<T, String>>) -> Result<Option<usize>, String> {
    let traced = Command::new("strace")
        .args(["-f", "-q", "-e", "trace=fsync,fdatasync", "-p", &pid.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let Ok(mut trace) = traced else { return work.await.map(|_| None) };
    let mut lines = BufReader::new(trace.stderr.take().ok_or("strace has no output")?).lines();
    let counting = tokio::spawn(async move {
        let mut calls = 0;
        while let Ok(Some(line)) = lines.next_line().await {
            // A call that another thread interrupts has a second line, without its name at the call's place.
            calls += usize::from(line.contains("sync(") && !line.contains("resumed"));
        }
        calls
    });
    // Until it is attached: it says nothing then, and stops the process for a moment.
    attached(pid).await;
    let done = work.await;
    if let Some(id) = trace.id() {
        let end = Command::new("kill").args(["-INT", &id.to_string()]).status();
        end.await.map_err(|error| error.to_string())?;
    }
    let calls = timeout(Duration::from_secs(10), counting).await.map_err(|_| "strace does not end")?;
    trace.wait().await.map_err(|error| error.to_string())?;
    done.map(|_| ())?;
    calls.map(Some).map_err(|error| error.to_string())
}

/// All threads of the process have a tracer.
async fn attached(pid: u32) {
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
