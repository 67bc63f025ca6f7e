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
    /// Whether shops that name no methods have it; the others must ask for it by name.
    usual: bool,
    /// Until an unpaid one expires, when the merchant gave no `expiry`.
    life: Duration,
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
    /// A question on the customer's phone.
    Ovo,
}

const QUARTER: Duration = Duration::minutes(15);

const fn method(
    id: &'static str,
    payment_type: &'static str,
    kind: Kind,
    label: &'static str,
    life: Duration,
) -> Method {
    Method { id, payment_type, kind, label, usual: true, life }
}

const fn va(id: &'static str, label: &'static str, bank: &'static str, prefix: &'static str, length: usize) -> Method {
    method(id, "bank_transfer", Kind::Va { bank, prefix, length }, label, Duration::DAY)
}

/// Every method, in the order of the list.
pub static METHODS: [Method; 19] = [
    method("credit_card", "credit_card", Kind::Card, "Credit/Debit Card", QUARTER),
    method("gopay", "gopay", Kind::Wallet, "GoPay", QUARTER),
    method("other_qris", "qris", Kind::Qris, "QRIS", QUARTER),
    method("shopeepay", "shopeepay", Kind::Wallet, "ShopeePay", QUARTER),
    method("ovo", "ovo", Kind::Ovo, "OVO", Duration::seconds(65)),
    // Its status is found by transaction id only, for which not every shop is made.
    Method { usual: false, ..method("dana", "dana", Kind::Wallet, "DANA", QUARTER) },
    va("bca_va", "BCA Virtual Account", "bca", "70012", 11),
    method("echannel", "echannel", Kind::Bill, "Mandiri Bill", Duration::DAY),
    va("bni_va", "BNI Virtual Account", "bni", "9888", 16),
    va("bri_va", "BRI Virtual Account", "bri", "26215", 18),
    method("permata_va", "bank_transfer", Kind::PermataVa, "Permata Virtual Account", Duration::DAY),
    va("cimb_va", "CIMB Niaga Virtual Account", "cimb", "9362", 16),
    va("danamon_va", "Danamon Virtual Account", "danamon", "8920", 16),
    va("bsi_va", "BSI Virtual Account", "bsi", "9019", 16),
    va("seabank_va", "SeaBank Virtual Account", "seabank", "8018", 16),
    va("saqu_va", "Bank Saqu Virtual Account", "saqu", "7717", 16),
    // "Other banks" is served by one of the partner banks; here it is BNI.
    va("other_va", "Other banks (ATM Bersama, Prima, ALTO)", "bni", "9888", 16),
    method("indomaret", "cstore", Kind::Store, "Indomaret", Duration::DAY),
    method("alfamart", "cstore", Kind::Store, "Alfamart", Duration::DAY),
];

impl Method {
    /// The method with this id.
    pub fn find(id: &str) -> Option<&'static Self> {
        METHODS.iter().find(|method| method.id == id)
    }

    /// How long an unpaid one lives when the merchant set nothing.
    pub fn default_life(&self) -> Duration {
        self.life
    }

    /// Whether its transactions are found by their own id only, not by the order's.
    pub fn by_transaction_id_only(&self) -> bool {
        self.id == "dana"
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
        return METHODS.iter().filter(|method| method.usual).collect();
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
        assert!(enabled(None).iter().all(|method| method.id != "dana"), "only for who asks for it");
        assert_eq!(ids(&["dana"]), ["dana"]);
    }
}
