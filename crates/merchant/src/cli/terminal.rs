//! The terminal: standard output, standard error, and the prompt for a confirmation.

use std::io::{IsTerminal as _, Write as _};

use serde_json::Value;

use super::error::CliError;
use crate::error::ErrorCode;

/// Writes text to standard output. A closed pipe is no error.
pub(super) fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if out.write_all(text.as_bytes()).is_ok() {
        out.flush().ok();
    }
}

/// Writes indented JSON to standard output.
pub(super) fn print_json(value: &Value) {
    print(&format!("{value:#}\n"));
}

/// Writes text to standard error.
pub(super) fn eprint(text: &str) {
    let mut err = std::io::stderr().lock();
    err.write_all(text.as_bytes()).ok();
    err.flush().ok();
}

/// Whether standard error is a terminal.
pub(super) fn stderr_is_tty() -> bool {
    std::io::stderr().is_terminal()
}

/// Prompts for a confirmation. Without a terminal only `--yes` confirms.
///
/// # Errors
/// [`ErrorCode::NotConfirmed`].
pub(super) fn confirm(question: &str, yes: bool) -> Result<(), CliError> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        let message = format!("nothing was done, because the command was not confirmed: {question}");
        return Err(CliError::new(ErrorCode::NotConfirmed, message, "repeat the command on a terminal, or with --yes"));
    }
    eprint(&format!("{question}\nContinue? Type yes: "));
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).ok();
    if is_yes(&line) {
        Ok(())
    } else {
        Err(CliError::new(ErrorCode::NotConfirmed, "nothing was done", "repeat the command and type yes"))
    }
}

fn is_yes(line: &str) -> bool {
    matches!(line.trim().to_ascii_lowercase().as_str(), "yes" | "y" | "ya")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_confirms() {
        assert!(is_yes("yes\n") && is_yes("Y") && !is_yes("") && !is_yes("no\n") && !is_yes("yes please"));
    }
}
