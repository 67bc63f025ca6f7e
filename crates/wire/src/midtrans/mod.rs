//! What Midtrans says and wants to hear: Snap's token API, the Core API's status, notifications,
//! the results of `snap.js` callbacks and the query of the return URL.
//!
//! Read tolerantly (fields may be missing, new ones may come), write strictly.

mod callback;
mod limit;
mod notification;
mod request;
mod request_card;
mod request_parts;
mod response;
mod rules;
mod status;
mod text;
mod validate;

pub use callback::{ReturnQuery, SnapResult, WalletResult};
pub use limit::{InvalidRequest, Limit, MAX_BODY_BYTES};
pub use notification::{CollectedCustomer, ExtraInfo, GrossAmountInfo, Notification, PaymentAmount, RefundEntry};
pub use request::*;
pub use request_card::*;
pub use request_parts::*;
pub use response::{CancelledToken, ErrorResponse, TokenResponse};
pub use status::{FraudStatus, PaymentType, TransactionStatus, VaNumber};
pub use text::{OneOrMany, StatusCode, TextOrBool};
