//! The JSON shapes of Midtrans: Snap's token API, the Core API's status, notifications, the results of `snap.js`
//! callbacks and the query of the return URL.
//!
//! Reading is lenient: fields may be missing and new ones may appear. Writing is strict.

mod callback;
mod checks;
mod constraint;
mod lenient_scalars;
mod request;
mod response;
mod status;
mod transaction_report;
mod validate;

pub use callback::{ReturnQuery, SnapResult, WalletResult};
pub use constraint::{Constraint, InvalidRequest, MAX_BODY_BYTES};
pub use lenient_scalars::{OneOrMany, StatusCode, TextOrBool};
pub use request::*;
pub use response::{CancelledToken, ErrorResponse, TokenResponse};
pub use status::{FraudStatus, PaymentType, TransactionStatus, VaNumber};
pub use transaction_report::{
    CollectedCustomer, ExtraInfo, GrossAmountInfo, Notification, PaymentAmount, RefundEntry, StatusResponse,
    TransactionReport,
};
