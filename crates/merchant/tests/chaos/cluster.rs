//! A PostgreSQL of the test's own, to be broken.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Its programs, and who they run as, are named by `scripts/test`.
pub struct Cluster {
    folder: PathBuf,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    pub fn new(port: u16) -> Self {
        let folder = std::env::temp_dir().join(format!("storm-cluster-{port}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        if let Some(user) = run_as().iter().find_map(|word| word.strip_prefix("--reuid=")) {
            assert!(Command::new("chown").arg(user).arg(&folder).status().unwrap().success());
        }
        let data = folder.join("data");
        let made = postgres("initdb")
            .args(["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&data)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(made.success(), "initdb");
        let mut this = Self { folder, port, server: None };
        this.start();
        this
    }

    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    pub fn start(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let server = postgres("postgres")
            .arg("-D")
            .arg(self.folder.join("data"))
            .args(["-c", "listen_addresses=127.0.0.1", "-c"])
            .arg(format!("port={}", self.port))
            .arg("-c")
            .arg(format!("unix_socket_directories={}", self.folder.display()))
            .stderr(log)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        self.server = Some(server);
        let since = Instant::now();
        while self.pid_file().lines().nth(7).is_none_or(|line| !line.starts_with("ready")) {
            assert!(since.elapsed() < Duration::from_secs(30), "{}", std::fs::read_to_string(self.log()).unwrap());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// As if the power of its machine were cut: nothing is finished, nobody is told.
    pub fn stop_immediately(&mut self) {
        signal("QUIT", &[&self.pid()]);
        if let Some(mut server) = self.server.take() {
            server.wait().unwrap();
        }
    }

    /// Every process of it stops in the middle of what it does: connections stay open, nobody answers.
    pub fn freeze(&self) {
        self.signal_all("STOP");
    }

    pub fn thaw(&self) {
        self.signal_all("CONT");
    }

    fn signal_all(&self, name: &str) {
        let pid = self.pid();
        signal(name, &[&pid]);
        let children = Command::new("pgrep").args(["-P", &pid]).output().unwrap().stdout;
        let children = String::from_utf8(children).unwrap();
        signal(name, &children.split_whitespace().collect::<Vec<_>>());
    }

    fn pid(&self) -> String {
        self.pid_file().lines().next().unwrap_or_default().to_owned()
    }

    fn pid_file(&self) -> String {
        std::fs::read_to_string(self.folder.join("data/postmaster.pid")).unwrap_or_default()
    }

    fn log(&self) -> PathBuf {
        self.folder.with_extension("log")
    }
}

fn signal(name: &str, pids: &[&str]) {
    // One of them may have ended by itself.
    Command::new("kill").arg(format!("-{name}")).args(pids).stderr(Stdio::null()).status().unwrap();
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if self.server.is_some() {
            self.thaw();
            self.stop_immediately();
        }
        std::fs::remove_file(self.log()).ok();
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn postgres(program: &str) -> Command {
    let bin = std::env::var("TEST_POSTGRES_BIN")
        .unwrap_or_else(|_| panic!("TEST_POSTGRES_BIN is not set: scripts/test chaos knows where PostgreSQL is"));
    let program = Path::new(&bin).join(program);
    let run_as = run_as();
    let Some((first, others)) = run_as.split_first() else { return Command::new(program) };
    let mut command = Command::new(first);
    command.args(others).arg(program);
    command
}

/// PostgreSQL refuses to run as root: what to put before its programs then.
fn run_as() -> Vec<String> {
    std::env::var("TEST_POSTGRES_AS").unwrap_or_default().split_whitespace().map(str::to_owned).collect()
}
