//! The signature of a notification. Only [`verify`] creates a [`Verified`] notification, and handlers accept no other.
//!
//! <https://docs.midtrans.com/reference/handle-notifications>

use sha2::{Digest as _, Sha512};
use subtle::ConstantTimeEq as _;
use wire::midtrans::Notification;

use crate::secret::ServerKey;

/// A value with a verified signature. Only [`verify`] creates one.
#[derive(Debug, Clone)]
pub struct Verified<T>(T);

impl<T> std::ops::Deref for Verified<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// The signature is missing, malformed or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not match")]
pub struct BadSignature;

/// Verifies the signature over the unchanged `order_id`, `status_code` and `gross_amount`. It does **not** cover
/// `transaction_status`.
///
/// # Errors
/// [`BadSignature`].
pub fn verify(notification: Notification, key: &ServerKey) -> Result<Verified<Notification>, BadSignature> {
    let mut hash = Sha512::new();
    hash.update(&notification.order_id);
    hash.update(&notification.status_code.0);
    hash.update(&notification.gross_amount.0);
    hash.update(key.for_signature());
    let given = notification.signature_key.as_deref().and_then(decode_hex).ok_or(BadSignature)?;
    if bool::from(hash.finalize().as_slice().ct_eq(&given)) { Ok(Verified(notification)) } else { Err(BadSignature) }
}

/// 64 bytes from hex. Its shape is no secret, so this need not be constant-time.
fn decode_hex(text: &str) -> Option<[u8; 64]> {
    let digits = text.as_bytes();
    if digits.len() != 128 {
        return None;
    }
    let mut bytes = [0_u8; 64];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_chunks::<2>().0) {
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::AmountText;
    use wire::midtrans::TransactionStatus;

    fn holds(order_id: &str, code: &str, amount: &str, key: &str, signature: Option<&str>) -> bool {
        let notification: Notification = serde_json::from_value(serde_json::json!({
            "order_id": order_id, "status_code": code, "gross_amount": amount,
            "transaction_status": "settlement", "signature_key": signature,
        }))
        .unwrap();
        assert_eq!(notification.transaction_status, TransactionStatus::Settlement);
        assert_eq!(notification.gross_amount, AmountText(amount.into()));
        verify(notification, &ServerKey::parse(key).unwrap()).is_ok()
    }

    #[test]
    fn vectors() {
        const DOCS: &str = "edc076b21793ebe3e17926350f5b8ae67d902fe657b3d0aa31b932d5c127e2375d308a2bc94f3265ac2d80a1f181a79b997ac178a236fcff35af263fc4d4c231";
        const PAID: &str = "da18c9ccac0647fb36aa19a65e9b16074ede627cdef16b9fe9dfb92d6d34ab348a6f86b9c95ea84f4020f4a5ccd1dc0329657941fee4380f709edf01774f13c8";
        const PENDING: &str = "ea0af132dbbc3c88c9a87b3facbb70603e9baa2f284bf0acae27e11380e080b5f6ea4fc2ace1227f07ef62b40e6abe426db2f7279308386bc3024974a4d32623";
        const DEAD: &str = "cf334a2dc9e8b0de145305ab302e26b415ad182df8ffcc8eb212d4a8dc3c1bdd9863ee7310ee310304c7753b15925965634b61af5c0a549cbce21f5c066aa264";
        const REFORMATTED: &str = "918b8d497d9318d367e83a67192a7f8d4ec33eb86600f251f722d232b8bc031872529b9d61e17ffe9e56d0412a23cb20e5e8a40c32c94953b6327732b8c7c2c4";
        let key = "SB-Mid-server-EXAMPLE_NOT_A_REAL_KEY";
        assert!(holds("1111", "200", "100000.00", "askvnoibnosifnboseofinbofinfgbiufglnbfg", Some(DOCS)));
        let upper = PAID.to_uppercase();
        let cases = [
            ("200", "10000.00", Some(PAID), true),
            ("201", "10000.00", Some(PENDING), true),
            ("202", "10000.00", Some(DEAD), true),
            ("200", "10000.00", Some(upper.as_str()), true),
            ("200", "10000.00", Some(PENDING), false),
            ("200", "10000.00", Some(REFORMATTED), false),
            ("200", "10000", Some(PAID), false),
            ("200", "10000.00", None, false),
            ("200", "10000.00", Some(""), false),
            ("200", "10000.00", Some(&PAID[..126]), false),
            ("200", "10000.00", Some(&"é".repeat(64)), false),
        ];
        for (code, amount, signature, expected) in cases {
            assert_eq!(holds("ORDER-101", code, amount, key, signature), expected, "{code} {amount} {signature:?}");
        }
        assert!(!holds("ORDER-101", "200", "10000.00", "another-key", Some(PAID)));
    }
}
