//! The payment instruction for a pending payment: what the customer pays, where and until when.

use time::PrimitiveDateTime;
use time::macros::format_description;
use wire::merchant::PaymentInstruction;
use wire::midtrans::{PaymentType, TransactionReport};

/// The instruction for a pending payment; none while the report names no method.
#[must_use]
pub fn payment_instruction(report: &TransactionReport) -> Option<PaymentInstruction> {
    let payment_type = report.payment_type.as_ref()?;
    let va = report.va_numbers.iter().flatten().next();
    let (provider, code) = match payment_type {
        PaymentType::Echannel => (Some("mandiri".to_owned()), report.bill_key.clone()),
        PaymentType::Cstore => (report.store.clone(), report.payment_code.clone()),
        _ => match (va, &report.permata_va_number) {
            (Some(va), _) => (Some(va.bank.clone()), Some(va.va_number.clone())),
            (None, Some(number)) => (Some("permata".to_owned()), Some(number.clone())),
            (None, None) => (None, None),
        },
    };
    Some(PaymentInstruction {
        payment_type: payment_type.to_string(),
        provider,
        code,
        biller_code: report.biller_code.clone(),
        pdf_url: None,
        qr_url: None,
        expires_at: report.expiry_time.as_deref().and_then(jakarta),
    })
}

/// `2021-06-15 18:45:13` in Jakarta, which has no daylight saving, as RFC 3339.
fn jakarta(text: &str) -> Option<String> {
    const SHAPE: &[time::format_description::BorrowedFormatItem<'_>] =
        format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    PrimitiveDateTime::parse(text, SHAPE).ok()?;
    Some(format!("{}+07:00", text.replacen(' ', "T", 1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn instruction_of_each_payment_method() {
        let cases = [
            (
                json!({"payment_type": "bank_transfer", "va_numbers": [{"bank": "bca", "va_number": "0123"}]}),
                "bca",
                "0123",
                "",
            ),
            (json!({"payment_type": "bank_transfer", "permata_va_number": "8562"}), "permata", "8562", ""),
            (json!({"payment_type": "echannel", "biller_code": "70012", "bill_key": "99"}), "mandiri", "99", "70012"),
            (json!({"payment_type": "cstore", "store": "indomaret", "payment_code": "G77"}), "indomaret", "G77", ""),
            (json!({"payment_type": "gopay"}), "", "", ""),
            (json!({"payment_type": "bank_transfer", "va_numbers": []}), "", "", ""),
        ];
        for (fields, provider, code, biller) in cases {
            let got = payment_instruction(&report(fields.clone())).unwrap();
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            assert_eq!(
                (text(&got.provider), text(&got.code), text(&got.biller_code)),
                (provider.into(), code.into(), biller.into()),
                "{fields}"
            );
        }
        assert_eq!(payment_instruction(&report(json!({}))), None);
    }

    #[test]
    fn jakarta_deadlines_become_rfc3339() {
        assert_eq!(jakarta("2021-06-15 18:45:13").as_deref(), Some("2021-06-15T18:45:13+07:00"));
        for bad in ["", "2021-02-30 10:00:00", "2021-06-15T18:45:13Z", "tomorrow"] {
            assert_eq!(jakarta(bad), None, "{bad}");
        }
    }

    fn report(fields: Value) -> TransactionReport {
        let mut body =
            json!({"order_id": "o", "status_code": "201", "gross_amount": "1.00", "transaction_status": "pending"});
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        serde_json::from_value(body).unwrap()
    }
}
