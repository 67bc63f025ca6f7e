//! What a QR code says.

use crate::money::Amount;
use crate::shape::digits_of;

/// A merchant-presented QR as QRIS has it (EMV tags and check sum), for a merchant that does not exist.
pub fn content(id: &str, amount: Amount) -> String {
    let tag = |number: &str, value: &str| format!("{number}{:02}{value}", value.len());
    let account = format!("{}{}", tag("00", "ID.CO.SIMULASI.WWW"), tag("01", &digits_of(id, 18)));
    let amount = amount.to_string();
    let fields = [
        tag("00", "01"),
        tag("01", "12"),
        tag("26", &account),
        tag("52", "5999"),
        tag("53", "360"),
        tag("54", &amount),
        tag("58", "ID"),
        tag("59", "SIMULASI SNAP"),
        tag("60", "JAKARTA"),
        tag("62", &tag("05", &digits_of(id, 18))),
    ];
    let content = format!("{}6304", fields.concat());
    format!("{content}{:04X}", crc16(content.as_bytes()))
}

/// CRC-16/CCITT-FALSE, the check sum of EMV codes.
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |crc, byte| {
        (0..8).fold(
            crc ^ (u16::from(*byte) << 8),
            |crc, _| {
                if crc & 0x8000 == 0 { crc << 1 } else { (crc << 1) ^ 0x1021 }
            },
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_sum_vector() {
        assert_eq!(crc16(b"123456789"), 0x29B1);
    }
}
