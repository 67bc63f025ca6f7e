//! What the operating system lets this process do.

/// Lets as many files be open as the operator's hard limit allows: every page that listens is one. And leaves no
/// picture of the memory behind after a crash: the server key is in it.
pub fn settle_in() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let files = getrlimit(Resource::Nofile);
        let raised = Rlimit { current: files.maximum, maximum: files.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(cause = %error, "the limit of open files stays as it is");
        }
        if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
            tracing::warn!(cause = %error, "memory dumps cannot be switched off");
        }
    }
}
