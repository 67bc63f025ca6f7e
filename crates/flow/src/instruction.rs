//! What to pay where, as the popup says it.

use wire::merchant::PaymentInstruction;
use wire::midtrans::{PaymentType, SnapResult};

/// Reads the number to pay to from a callback's result. It is shown, never believed: the merchant's own word
/// replaces it.
#[must_use]
pub fn instruction(result: &SnapResult) -> PaymentInstruction {
    let account = result.va_numbers.first();
    let bca = result.bca_va_number.as_ref();
    let permata = result.permata_va_number.as_ref();
    let provider = account
        .map(|account| account.bank.clone())
        .or_else(|| bca.map(|_| "bca".to_owned()))
        .or_else(|| permata.map(|_| "permata".to_owned()))
        .or_else(|| result.bill_key.as_ref().map(|_| "mandiri".to_owned()));
    let code = account.map(|account| &account.va_number).or(bca).or(permata).or(result.bill_key.as_ref());
    PaymentInstruction {
        payment_type: result.payment_type.as_ref().map_or("", PaymentType::as_str).to_owned(),
        provider,
        code: code.or(result.payment_code.as_ref()).cloned(),
        biller_code: result.biller_code.clone(),
        pdf_url: result.pdf_url().map(str::to_owned),
        qr_url: None,
        expires_at: None,
    }
}
