//! The typed options of `snap.pay` and `snap.embed`.

use yew::AttrValue;

use crate::i18n::Language;

/// The options that a page may set. Without a value, Snap uses its own default.
/// <https://docs.midtrans.com/reference/snap-js>
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SnapOptions {
    /// The popup's language. The component sets its own language by default.
    pub language: Option<Language>,
    /// Seconds until the last page of bank transfer and Indomaret closes by itself; 0 never.
    pub auto_close_delay: Option<u32>,
    /// Opens this method instead of the list, such as `bca_va`.
    pub selected_payment_type: Option<AttrValue>,
    /// GoPay and ShopeePay as QR code or app link.
    pub ui_mode: Option<UiMode>,
    /// A subset of the methods that the backend enabled. Empty means all.
    pub enabled_payments: Vec<AttrValue>,
    /// Skips the order summary. Midtrans does not document it; its WooCommerce plugin uses it.
    pub skip_order_summary: Option<bool>,
}

/// How wallets are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UiMode {
    /// A link that opens the app.
    Deeplink,
    /// A QR code.
    Qr,
    /// Depends on the width of the screen.
    Auto,
}

impl UiMode {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Deeplink => "deeplink",
            Self::Qr => "qr",
            Self::Auto => "auto",
        }
    }
}
