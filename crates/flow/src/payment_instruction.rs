//! The payment instruction in a callback's result.

use wire::merchant::PaymentInstruction;
use wire::midtrans::{PaymentType, VaNumber};
use wire::{FromObject, ObjectReader};

/// Reads the payment instruction from a callback's result. The page shows it until the backend returns its own.
#[must_use]
pub fn payment_instruction(result: &mut impl ObjectReader) -> PaymentInstruction {
    let account = result.objects("va_numbers").iter_mut().find_map(|from| VaNumber::from_object(from).ok());
    let account = account.map(|VaNumber { bank, va_number }| (bank, va_number));
    let mut of = |provider: &str, name| Some((provider.to_owned(), result.text(name)?));
    let account = account
        .or_else(|| of("bca", "bca_va_number"))
        .or_else(|| of("permata", "permata_va_number"))
        .or_else(|| of("mandiri", "bill_key"));
    let (provider, code) = account.unzip();
    PaymentInstruction {
        payment_type: result
            .text("payment_type")
            .map(|text| PaymentType::from(&*text).as_str().to_owned())
            .unwrap_or_default(),
        provider,
        code: code.or_else(|| result.text("payment_code")),
        biller_code: result.text("biller_code"),
        pdf_url: result.text("pdf_url"),
        qr_url: None,
        expires_at: None,
    }
}
