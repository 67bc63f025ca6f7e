//! OVO: the customer is asked on the phone. The sandbox's numbers say what comes of it.

use time::{Duration, OffsetDateTime};

use crate::charge_error::ChargeError;
use crate::status::Status;
use crate::transaction::{Due, Transaction};

/// How long a willing customer takes.
const ANSWER: Duration = Duration::seconds(5);

/// What the wallet does with a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Pays,
    Refuses,
    Silent,
}

// Not registered, cancelled by the user, push failed, failed; then timeout and no response.
const NUMBERS: [(&str, Answer); 6] = [
    ("628249134000", Answer::Refuses),
    ("628271939753", Answer::Refuses),
    ("628242014881", Answer::Refuses),
    ("628237435829", Answer::Refuses),
    ("628215023424", Answer::Silent),
    ("628242974268", Answer::Silent),
];

/// Sends the question to `phone` and plans what comes of it.
///
/// # Errors
/// When it is no phone number.
pub fn ask(transaction: &mut Transaction, phone: &str, now: OffsetDateTime) -> Result<(), ChargeError> {
    let number = international(phone).ok_or(ChargeError::Phone)?;
    let answer = NUMBERS.iter().find(|(known, _)| *known == number).map_or(Answer::Pays, |(_, answer)| *answer);
    match answer {
        Answer::Pays => transaction.due = Some(Due { at: now.saturating_add(ANSWER), to: Status::Settlement }),
        Answer::Refuses => transaction.become_status(Status::Deny, now),
        Answer::Silent => {}
    }
    transaction.phone = Some(format!("+{number}"));
    Ok(())
}

/// `08…`, `628…` and `+62 8…` as `628…`.
fn international(phone: &str) -> Option<String> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let rest = digits.strip_prefix("62").or_else(|| digits.strip_prefix('0'))?;
    ((8..=13).contains(&rest.len()) && rest.starts_with('8')).then(|| format!("62{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_customers_write_them() {
        for (phone, read) in [
            ("0812 3456 7890", Some("6281234567890")),
            ("+62 812-3456-7890", Some("6281234567890")),
            ("6281234567890", Some("6281234567890")),
            ("12345678", None),
            ("", None),
        ] {
            assert_eq!(international(phone).as_deref(), read, "{phone}");
        }
    }
}
