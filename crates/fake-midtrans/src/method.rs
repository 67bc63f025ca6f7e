//! The payment methods on offer, as a table.

use time::Duration;

/// One line of the list the customer chooses from.
#[derive(Debug, PartialEq, Eq)]
pub struct Method {
    /// Name in `enabled_payments` and `selectedPaymentType`.
    pub id: &'static str,
    /// `payment_type` on the wire.
    pub payment_type: &'static str,
    /// How it is paid.
    pub kind: Kind,
    /// Shown to the customer.
    pub label: &'static str,
    /// Minutes until an unpaid one expires, when the merchant gave no `expiry`.
    minutes: i64,
}

/// How a method is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Number, date, CVV, 3-D Secure.
    Card,
    /// A virtual account number at a bank, in `va_numbers`.
    Va {
        /// `bank` on the wire.
        bank: &'static str,
        /// First digits.
        prefix: &'static str,
        /// All digits.
        length: usize,
    },
    /// Permata's own field, `permata_va_number`.
    PermataVa,
    /// Mandiri's biller code and bill key.
    Bill,
    /// A wallet: QR on a wide screen, a link to the app on a small one.
    Wallet,
    /// A QR code any wallet can scan.
    Qris,
    /// A payment code at a shop's till.
    Store,
}

const DAY: i64 = 24 * 60;

const fn va(id: &'static str, label: &'static str, bank: &'static str, prefix: &'static str, length: usize) -> Method {
    Method { id, payment_type: "bank_transfer", kind: Kind::Va { bank, prefix, length }, label, minutes: DAY }
}

/// Every method, in the order of the list.
pub static METHODS: [Method; 17] = [
    Method {
        id: "credit_card",
        payment_type: "credit_card",
        kind: Kind::Card,
        label: "Credit/Debit Card",
        minutes: 15,
    },
    Method { id: "gopay", payment_type: "gopay", kind: Kind::Wallet, label: "GoPay", minutes: 15 },
    Method { id: "other_qris", payment_type: "qris", kind: Kind::Qris, label: "QRIS", minutes: 15 },
    Method { id: "shopeepay", payment_type: "shopeepay", kind: Kind::Wallet, label: "ShopeePay", minutes: 15 },
    va("bca_va", "BCA Virtual Account", "bca", "70012", 11),
    Method { id: "echannel", payment_type: "echannel", kind: Kind::Bill, label: "Mandiri Bill", minutes: DAY },
    va("bni_va", "BNI Virtual Account", "bni", "9888", 16),
    va("bri_va", "BRI Virtual Account", "bri", "26215", 18),
    Method {
        id: "permata_va",
        payment_type: "bank_transfer",
        kind: Kind::PermataVa,
        label: "Permata Virtual Account",
        minutes: DAY,
    },
    va("cimb_va", "CIMB Niaga Virtual Account", "cimb", "9362", 16),
    va("danamon_va", "Danamon Virtual Account", "danamon", "8920", 16),
    va("bsi_va", "BSI Virtual Account", "bsi", "9019", 16),
    va("seabank_va", "SeaBank Virtual Account", "seabank", "8018", 16),
    va("saqu_va", "Bank Saqu Virtual Account", "saqu", "7717", 16),
    // "Other banks" is served by one of the partner banks; here it is BNI.
    va("other_va", "Other banks (ATM Bersama, Prima, ALTO)", "bni", "9888", 16),
    Method { id: "indomaret", payment_type: "cstore", kind: Kind::Store, label: "Indomaret", minutes: DAY },
    Method { id: "alfamart", payment_type: "cstore", kind: Kind::Store, label: "Alfamart", minutes: DAY },
];

impl Method {
    /// The method with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        METHODS.iter().find(|method| method.id == id)
    }

    /// How long an unpaid one lives when the merchant set nothing.
    pub fn default_life(&self) -> Duration {
        Duration::minutes(self.minutes)
    }

    /// The bank of a plain virtual account.
    pub fn bank(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Va { bank, .. } => Some(bank),
            _ => None,
        }
    }
}

/// The methods that `enabled_payments` names, aliases expanded, unknown names ignored; all when it is absent.
pub fn enabled(names: Option<&[String]>) -> Vec<&'static Method> {
    let Some(names) = names else {
        return METHODS.iter().collect();
    };
    METHODS
        .iter()
        .filter(|method| {
            names.iter().any(|name| match name.as_str() {
                "bank_transfer" => {
                    matches!(method.kind, Kind::Va { .. } | Kind::PermataVa | Kind::Bill)
                }
                "cstore" | "store" => method.kind == Kind::Store,
                "qris" => method.kind == Kind::Qris,
                name => method.id == name,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(names: &[&str]) -> Vec<&'static str> {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        enabled(Some(&names)).iter().map(|m| m.id).collect()
    }

    #[test]
    fn aliases_unknown_and_empty_lists() {
        assert_eq!(ids(&["cstore"]), ["indomaret", "alfamart"]);
        assert_eq!(ids(&["bca_va", "no_such", "credit_card"]), ["credit_card", "bca_va"]);
        assert!(ids(&["bank_transfer"]).contains(&"echannel"));
        assert!(ids(&[]).is_empty());
        assert_eq!(enabled(None).len(), METHODS.len());
    }
}
