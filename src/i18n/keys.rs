//! The names of the texts.

/// Defines the keys. The names and the texts of each language are one string in this order, one per line: a list of
/// slices would need three times the bytes.
macro_rules! keys {
    ($($key:ident),* $(,)?) => {
        /// The name of a text. A name that ends in `_detail` is the explanation of the headline before it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(non_camel_case_types, missing_docs, reason = "merchants know the texts by these names")]
        pub enum Key { $($key),* }

        pub(super) const NAMES: &str = concat!($(stringify!($key), "\n"),*);

        impl Key {
            /// All keys.
            pub const ALL: &[Self] = &[$(Self::$key),*];
        }
    };
}

/// The texts of a language. A missing, unknown or misplaced text does not compile.
macro_rules! packed {
    ($($key:ident: $text:literal),* $(,)?) => {{
        const _: () = {
            let mut at = 0;
            $(
                assert!($crate::i18n::keys::Key::$key as usize == at, concat!("a text before this one is missing: ", stringify!($key)));
                at += 1;
            )*
            assert!(at == $crate::i18n::keys::Key::ALL.len(), "the last texts are missing");
        };
        concat!($($text, "\n"),*)
    }};
}
pub(super) use packed;

keys! {
    pay, pay_amount, resume, retry, restart, hosted, check, checking, close, reopen, copy, copied, copied_said,
    copy_failed, pdf, amount, pay_before, virtual_account, payment_code, bill_key, biller_code, time_is_over, qr,
    reference, secured, local, sandbox,

    how, open_bank, your_bank, or_atm, choose, then_number, then_bill, check_and_pay, go_to_till, show_code,
    keep_receipt, open_wallet, scan_here, scan_there, check_and_pin,

    preparing, preparing_detail, slow, slow_detail, opening, opening_detail, open, open_detail, open_here,
    open_here_detail, closed, closed_detail, confirming, confirming_detail, unconfirmed, unconfirmed_detail, asking,
    asking_detail, pending, pending_detail, pending_wallet, pending_wallet_detail, pending_rested,
    pending_rested_detail, review, review_detail, handed_over, handed_over_detail, paid, paid_detail, reported,
    reported_detail,

    expired, expired_detail, cancelled, cancelled_detail, refunded, refunded_detail, charged_back,
    charged_back_detail, reversed, reversed_detail,

    offline, offline_detail, no_popup, no_popup_detail, no_popup_hosted, no_popup_hosted_detail, unavailable,
    unavailable_detail, refused, refused_detail, already_paying, already_paying_detail, misconfigured,
    misconfigured_detail, declined, declined_detail,
}
