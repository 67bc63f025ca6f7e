//! Limits that the process sets for itself: open files and core dumps.

/// Raises the limit of open files to the hard limit, because each event stream needs one. Disables core dumps, because the
/// memory contains the server key.
pub fn configure_process_limits() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let files = getrlimit(Resource::Nofile);
        let raised = Rlimit { current: files.maximum, maximum: files.maximum };
        if let Err(error) = setrlimit(Resource::Nofile, raised) {
            tracing::warn!(cause = %error, "failed to raise the limit of open files");
        }
        if let Err(error) = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }) {
            tracing::warn!(cause = %error, "failed to disable core dumps");
        }
    }
}
