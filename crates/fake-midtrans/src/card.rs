//! The sandbox's card numbers and what each of them does (testing-payment-on-sandbox in the documentation).

use crate::money::Amount;

/// What a bank makes of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Taken.
    Accept,
    /// Refused by the bank.
    BankDeny,
    /// Refused by fraud detection.
    FraudDeny,
    /// Taken, the merchant is asked to approve.
    Challenge,
    /// Not enough money on it.
    InsufficientFunds,
    /// 3-D Secure failed or is not available.
    AuthenticationFailed,
    /// 3-D Secure 1, no longer accepted.
    OldProtocol,
    /// First pending, taken after a minute.
    AcceptLater,
}

/// A card's path: with an OTP step or without, then the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    /// Whether the customer is asked for an OTP.
    pub otp: bool,
    /// What follows.
    pub verdict: Verdict,
}

/// The one password of the sandbox.
pub const OTP: &str = "112233";

use Verdict::*;

// (number, OTP step, verdict). "Attempted" cards and frictionless 3DS 2 pass without an OTP.
const CARDS: &[(&str, bool, Verdict)] = &[
    // 3DS full, accepted
    ("4811111111111114", true, Accept),
    ("5211111111111117", true, Accept),
    ("3528203324564357", true, Accept),
    ("370192169722458", true, Accept),
    ("6212487892425802", true, Accept),
    // 3DS full, bank denies
    ("4911111111111113", true, BankDeny),
    ("5111111111111118", true, BankDeny),
    ("3528512944932269", true, BankDeny),
    ("374296354400881", true, BankDeny),
    ("6212484129687072", true, BankDeny),
    // Attempted, accepted
    ("4411111111111118", false, Accept),
    ("5410111111111116", false, Accept),
    ("3528868047864225", false, Accept),
    ("373747726661940", false, Accept),
    ("6212489506621198", false, Accept),
    // Attempted, fraud detection denies
    ("4611111111111116", false, FraudDeny),
    ("5411111111111115", false, FraudDeny),
    ("3528185267171623", false, FraudDeny),
    ("378096218340018", false, FraudDeny),
    ("6212482535178193972", false, FraudDeny),
    // Attempted, bank denies
    ("4711111111111115", false, BankDeny),
    ("5511111111111114", false, BankDeny),
    ("3528909779837631", false, BankDeny),
    ("370356097975856", false, BankDeny),
    ("6212484228635865", false, BankDeny),
    // 3DS 2 frictionless
    ("4556557955726624", false, Accept),
    ("4024007189449340", false, Accept),
    ("4485436455354151", false, BankDeny),
    // 3DS 2 challenge
    ("4916994064252017", true, Accept),
    ("4604633194219929", true, BankDeny),
    // Pending first
    ("4024007176265022", false, AcceptLater),
    ("5487971631330522", false, AcceptLater),
    ("345197771649926", false, AcceptLater),
    // 3DS failed or unavailable
    ("4716125059847899", false, AuthenticationFailed),
    ("5250548692069390", false, AuthenticationFailed),
    ("3794521996036850", false, AuthenticationFailed),
    // Response code 51
    ("4472429869996670", false, InsufficientFunds),
    // Offline cards
    ("4705859510984866", false, BankDeny),
    ("5597518926561951", false, BankDeny),
    // 3DS 1
    ("4723249479082225", false, OldProtocol),
    ("5555666677771111", false, OldProtocol),
    ("3528927894502153", false, OldProtocol),
    ("3419184532253540", false, OldProtocol),
    // Fraud challenge: an older number, no longer in the documentation, the only way to see `challenge`
    ("4511111111111117", false, Challenge),
];

/// What happens to `number` for `amount`; a number the sandbox does not know is refused by the bank.
pub fn scenario(number: &str, amount: Amount) -> Scenario {
    if number == "4806000000000081" {
        let poor = Amount::rupiah(30_000).is_some_and(|limit| amount > limit);
        return Scenario { otp: false, verdict: if poor { InsufficientFunds } else { Accept } };
    }
    CARDS
        .iter()
        .find(|(known, ..)| digits(known).eq(number.chars()))
        .map_or(Scenario { otp: false, verdict: BankDeny }, |&(_, otp, verdict)| Scenario { otp, verdict })
}

/// `481111-1114` is the older mask; the current one keeps eight digits.
pub fn mask(number: &str) -> String {
    let head: String = number.chars().take(8).collect();
    let tail: String = number.chars().skip(number.chars().count().saturating_sub(4)).collect();
    format!("{head}-{tail}")
}

/// Whether `number` has the length and check digit of a card.
pub fn plausible(number: &str) -> bool {
    (12..=19).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
}

/// Digits of what a customer typed.
pub fn digits(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().filter(char::is_ascii_digit)
}

impl Verdict {
    /// `channel_response_code`, `channel_response_message`, `status_message` of a finished attempt.
    pub fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Accept | AcceptLater | Challenge => ("00", "Approved", "Success, Credit Card transaction is successful"),
            BankDeny => ("05", "Do not honour", "Deny by Bank [GENERIC] with code [05] and message [Do not honour]"),
            FraudDeny => ("05", "Denied by FDS", "Denied by Fraud Detection System"),
            InsufficientFunds => {
                ("51", "Insufficient funds", "Deny by Bank [GENERIC] with code [51] and message [Insufficient funds]")
            }
            AuthenticationFailed => ("N7", "3DS authentication failed", "3D Secure authentication failed"),
            OldProtocol => ("N7", "3DS 1 is not supported", "3D Secure 1 is no longer supported"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(whole: i64) -> Amount {
        Amount::rupiah(whole).expect("small")
    }

    #[test]
    fn test_numbers_follow_the_documentation() {
        for (number, whole, otp, verdict) in [
            ("4811111111111114", 10_000, true, Accept),
            ("4911111111111113", 10_000, true, BankDeny),
            ("4411111111111118", 10_000, false, Accept),
            ("6212482535178193972", 10_000, false, FraudDeny),
            ("4024007176265022", 10_000, false, AcceptLater),
            ("4472429869996670", 1, false, InsufficientFunds),
            ("4806000000000081", 30_000, false, Accept),
            ("4806000000000081", 30_001, false, InsufficientFunds),
            ("4000000000000002", 10_000, false, BankDeny),
        ] {
            assert_eq!(scenario(number, amount(whole)), Scenario { otp, verdict }, "{number}");
        }
    }

    #[test]
    fn every_known_number_is_plausible_and_listed_once() {
        let mut seen = std::collections::HashSet::new();
        for (number, ..) in CARDS {
            let number: String = digits(number).collect();
            assert!(plausible(&number), "{number}");
            assert!(seen.insert(number.clone()), "{number} twice");
        }
    }

    #[test]
    fn masks_keep_eight_and_four() {
        assert_eq!(mask("4811111111111114"), "48111111-1114");
        assert_eq!(mask("370192169722458"), "37019216-2458");
    }
}
