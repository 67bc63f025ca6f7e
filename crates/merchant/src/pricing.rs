//! Validates and prices a request for an order. The catalogue is an argument.

use sha2::{Digest as _, Sha512};
use wire::Rupiah;
use wire::merchant::{Customer, OrderItem, OrderRequest};
use wire::midtrans::{Constraint, InvalidRequest, ItemDetail, TokenRequest, TransactionDetails};

use crate::catalog::Catalog;
use crate::error::{ApiError, ErrorCode};
use crate::id::hex;
use crate::order_limits::{MAX_AMOUNT, MAX_LINES, is_safe_text};
use crate::token_request::customer_details;

/// A valid, priced order that is not stored yet. Only [`price`] creates one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedCart {
    /// The lines with the shop's prices; each item once.
    pub items: Vec<OrderItem>,
    /// The sum of the lines.
    pub gross_amount: Rupiah,
    /// Trimmed, without empty fields.
    pub customer: Customer,
}

/// Validates and prices a request.
///
/// # Errors
/// The first rule that the request breaks, with its field.
pub fn price(request: &OrderRequest, catalog: &Catalog) -> Result<PricedCart, ApiError> {
    if request.items.is_empty() {
        return Err(ApiError::from(ErrorCode::EmptyCart).with_field("items"));
    }
    if request.items.len() > MAX_LINES {
        return Err(ApiError::from(ErrorCode::TooManyItems).with_field("items"));
    }
    let mut items: Vec<OrderItem> = vec![];
    for (at, line) in request.items.iter().enumerate() {
        let item = catalog
            .find(&line.id)
            .ok_or_else(|| ApiError::from(ErrorCode::UnknownItem).with_field(format!("items[{at}].id")))?;
        let known = items.iter().position(|known| known.id == line.id);
        let before = known.map_or(0, |at| items[at].quantity);
        let quantity = before.saturating_add(line.quantity);
        if line.quantity == 0 || quantity > 999 {
            return Err(ApiError::from(ErrorCode::InvalidQuantity).with_field(format!("items[{at}].quantity")));
        }
        match known {
            Some(at) => items[at].quantity = quantity,
            None => {
                items.push(OrderItem { id: item.id.clone(), name: item.name.clone(), price: item.price, quantity });
            }
        }
    }
    let gross_amount = items
        .iter()
        .try_fold(Rupiah(0), |sum, item| sum.plus(item.price.times(item.quantity)?))
        .filter(|sum| *sum <= MAX_AMOUNT)
        .ok_or_else(|| ApiError::from(ErrorCode::AmountTooLarge).with_field("items"))?;
    let customer = customer(request.customer.as_ref())?;
    Ok(PricedCart { items, gross_amount, customer })
}

impl PricedCart {
    /// Distinguishes requests with the same idempotency key: by the items and the customer, not by the prices.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hash = Sha512::new();
        // A length before each text makes the input unambiguous.
        let mut add = |text: Option<&str>| {
            hash.update(text.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
            hash.update(text.unwrap_or_default());
        };
        for item in &self.items {
            add(Some(&item.id));
            add(Some(&item.quantity.to_string()));
        }
        let Customer { name, email, phone } = &self.customer;
        for text in [name, email, phone] {
            add(text.as_deref());
        }
        hex(&hash.finalize())
    }
}

fn customer(customer: Option<&Customer>) -> Result<Customer, ApiError> {
    let Some(customer) = customer else { return Ok(Customer::default()) };
    let cleaned = Customer {
        name: text("customer.name", customer.name.as_deref())?,
        email: text("customer.email", customer.email.as_deref())?,
        phone: text("customer.phone", customer.phone.as_deref())?,
    };
    if cleaned.phone.as_deref().is_some_and(|phone| !is_phone(phone)) {
        return Err(ApiError::from(ErrorCode::InvalidPhone).with_field("customer.phone"));
    }
    check_by_field_table(&cleaned)?;
    Ok(cleaned)
}

fn text(field: &str, value: Option<&str>) -> Result<Option<String>, ApiError> {
    let Some(value) = value.map(str::trim).filter(|value| !value.is_empty()) else { return Ok(None) };
    if value.chars().count() > 255 || !is_safe_text(value) {
        return Err(ApiError::from(ErrorCode::InvalidText).with_field(field));
    }
    Ok(Some(value.to_owned()))
}

/// Whether a text is a phone number such as `+62 812-3456 (789)`, with 5 to 20 digits.
fn is_phone(phone: &str) -> bool {
    let digits = phone.bytes().filter(u8::is_ascii_digit).count();
    let rest = phone.strip_prefix('+').unwrap_or(phone);
    (5..=20).contains(&digits) && phone.len() <= 30 && rest.bytes().all(|b| b.is_ascii_digit() || b" -().".contains(&b))
}

/// Applies the rules of each payment method, so that the customer learns of a bad address before an order exists.
fn check_by_field_table(customer: &Customer) -> Result<(), ApiError> {
    let request = TokenRequest {
        transaction_details: TransactionDetails { order_id: "check".into(), gross_amount: Rupiah(1) },
        item_details: vec![ItemDetail { price: Rupiah(1), quantity: 1, name: "check".into(), ..Default::default() }],
        customer_details: customer_details(customer),
        ..TokenRequest::default()
    };
    request.validate().map_err(|InvalidRequest { field, constraint }| {
        let code = if constraint == Constraint::Email { ErrorCode::InvalidEmail } else { ErrorCode::InvalidText };
        let name = field.rsplit('.').next().unwrap_or_default();
        ApiError::from(code).with_field(format!("customer.{}", if name == "first_name" { "name" } else { name }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::merchant::OrderLine;

    fn priced(lines: &[(&str, u32)]) -> Result<PricedCart, ApiError> {
        let items = lines.iter().map(|(id, quantity)| OrderLine { id: (*id).into(), quantity: *quantity }).collect();
        price(&OrderRequest { items, customer: None }, &Catalog::load(None).unwrap())
    }

    #[test]
    fn prices_come_from_the_catalogue() {
        let cart = priced(&[("kopi-gayo-250g", 2), ("teh-melati-100g", 1), ("kopi-gayo-250g", 1)]).unwrap();
        assert_eq!(cart.gross_amount, Rupiah(3 * 89_000 + 18_000));
        assert_eq!(
            cart.items.iter().map(|item| item.quantity).collect::<Vec<_>>(),
            [3, 1],
            "lines of the same item are added"
        );
    }

    #[test]
    fn invalid_carts_are_rejected_with_their_field() {
        let many = vec![("kopi-gayo-250g", 1); 51];
        type Row<'a> = (&'a [(&'a str, u32)], ErrorCode, &'a str);
        let cases: &[Row] = &[
            (&[], ErrorCode::EmptyCart, "items"),
            (&many, ErrorCode::TooManyItems, "items"),
            (&[("kopi-gayo-250g", 0)], ErrorCode::InvalidQuantity, "items[0].quantity"),
            (&[("kopi-gayo-250g", 1000)], ErrorCode::InvalidQuantity, "items[0].quantity"),
            (&[("kopi-gayo-250g", 999), ("kopi-gayo-250g", 1)], ErrorCode::InvalidQuantity, "items[1].quantity"),
            (&[("kopi-gayo-250g", 1), ("KOPI-GAYO-250G", 1)], ErrorCode::UnknownItem, "items[1].id"),
        ];
        for (lines, code, field) in cases {
            let problem = priced(lines).unwrap_err();
            assert_eq!((problem.code, problem.field.as_deref()), (*code, Some(*field)), "{lines:?}");
        }
    }

    #[test]
    fn customer_fields_are_validated() {
        let long = "x".repeat(256);
        let cases: &[(&str, &str, Option<ErrorCode>)] = &[
            ("name", "Siti Nurhaliza", None),
            ("name", "  Bùi Thị Xuân  ", None),
            ("name", "শ্রী 🙂", None),
            ("name", "   ", None),
            ("name", "a\u{202e}b", Some(ErrorCode::InvalidText)),
            ("name", "a\u{2066}b", Some(ErrorCode::InvalidText)),
            ("name", "a\0b", Some(ErrorCode::InvalidText)),
            ("name", "a\nb", Some(ErrorCode::InvalidText)),
            ("name", "a\u{200b}b", Some(ErrorCode::InvalidText)),
            ("name", "a\u{fffd}b", Some(ErrorCode::InvalidText)),
            ("name", &long, Some(ErrorCode::InvalidText)),
            ("email", "siti@example.com", None),
            ("email", "", None),
            ("email", "siti..@example.com", Some(ErrorCode::InvalidEmail)),
            ("email", "siti@localhost", Some(ErrorCode::InvalidEmail)),
            ("email", "<script>@example.com", Some(ErrorCode::InvalidEmail)),
            ("phone", "+62 812-3456-789", None),
            ("phone", "(021) 555.1234", None),
            ("phone", "call me", Some(ErrorCode::InvalidPhone)),
            ("phone", "123", Some(ErrorCode::InvalidPhone)),
            ("phone", "١٢٣٤٥٦٧", Some(ErrorCode::InvalidPhone)),
        ];
        for (field, value, expected) in cases {
            let given = |name: &str| (*field == name).then(|| (*value).to_owned());
            let input = Customer { name: given("name"), email: given("email"), phone: given("phone") };
            let got = customer(Some(&input));
            assert_eq!(got.as_ref().err().map(|p| p.code), *expected, "{field} {value:?}");
            match got {
                Err(problem) => assert_eq!(problem.field, Some(format!("customer.{field}"))),
                Ok(cleaned) if value.trim().is_empty() => assert_eq!(cleaned, Customer::default()),
                Ok(_) => {}
            }
        }
    }
}
