//! What may be wrong with a token request, for programs and in words.

use std::fmt;

/// The gateway refuses a larger body.
pub const MAX_BODY_BYTES: usize = 16_000;

/// What is wrong with a request, by the gateway's own field path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidRequest {
    /// `item_details[2].price`
    pub field: String,
    /// Which rule.
    pub constraint: Constraint,
}

/// The rules of the field table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constraint {
    /// Must be there and not be empty.
    Required,
    /// At most so many characters.
    MaxLength(usize),
    /// `[A-Za-z0-9._~-]` only.
    OrderIdCharset,
    /// Digits only, from so many to so many.
    Digits(usize, usize),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// From so much to so much.
    Range(i64, i64),
    /// The sum of `price × quantity` is the amount.
    SumOfItems,
    /// `name@host`, each dot between atoms.
    Email,
    /// `yyyy-MM-dd HH:mm:ss Z`
    DateTime,
    /// At most so many entries.
    MaxItems(usize),
    /// At most [`MAX_BODY_BYTES`].
    BodySize,
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = &self.field;
        match self.constraint {
            Constraint::Required => write!(f, "{field} is required"),
            Constraint::MaxLength(max) => write!(f, "{field} is longer than {max} characters"),
            Constraint::OrderIdCharset => write!(f, "{field} may only hold letters, digits and - _ ~ ."),
            Constraint::Digits(min, max) => write!(f, "{field} must be {min} to {max} digits"),
            Constraint::OneOf(words) => write!(f, "{field} must be one of {}", words.join(", ")),
            Constraint::Range(min, max) => write!(f, "{field} must be from {min} to {max}"),
            Constraint::SumOfItems => write!(f, "{field} is not the sum of item_details"),
            Constraint::Email => write!(f, "{field} is no e-mail address that every method accepts"),
            Constraint::DateTime => write!(f, "{field} must be yyyy-MM-dd HH:mm:ss Z"),
            Constraint::MaxItems(max) => write!(f, "{field} has more than {max} entries"),
            Constraint::BodySize => write!(f, "{field} is larger than {MAX_BODY_BYTES} bytes"),
        }
    }
}

impl std::error::Error for InvalidRequest {}

pub(super) type Check = Result<(), InvalidRequest>;
