//! The options of `snap.pay` and `snap.embed`, typed.

use yew::AttrValue;

use crate::i18n::Language;

/// What Snap lets a page choose. Absent means Snap's own default.
/// <https://docs.midtrans.com/reference/snap-js>
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SnapOptions {
    /// The popup's language; the component fills in its own.
    pub language: Option<Language>,
    /// Seconds until the last page of bank transfer and Indomaret closes by itself; 0 never.
    pub auto_close_delay: Option<u32>,
    /// Skips the list, `bca_va`.
    pub selected_payment_type: Option<AttrValue>,
    /// GoPay and ShopeePay as QR code or app link.
    pub ui_mode: Option<UiMode>,
    /// Narrows what the backend enabled; empty narrows nothing.
    pub enabled_payments: Vec<AttrValue>,
    /// Not documented by Midtrans, used by its own WooCommerce plugin: skips the order summary.
    pub skip_order_summary: Option<bool>,
}

/// How wallets are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UiMode {
    /// A link into the app.
    Deeplink,
    /// A code to scan.
    Qr,
    /// By the width of the screen.
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
