//! The token request of an order.

use orders::OrderRecord;
use wire::merchant::{Customer, OrderItem};
use wire::midtrans::{Callbacks, CreditCard, CustomerDetails, ItemDetail, TokenRequest, TransactionDetails};

/// The token request for an order under a payment attempt's id. The customer returns to `finish`.
#[must_use]
pub fn token_request(order: &OrderRecord, attempt_id: &str, finish: String) -> TokenRequest {
    let item = |item: &OrderItem| ItemDetail {
        id: Some(item.id.clone()),
        price: item.price,
        quantity: item.quantity,
        name: item.name.clone(),
        ..ItemDetail::default()
    };
    TokenRequest {
        transaction_details: TransactionDetails { order_id: attempt_id.to_owned(), gross_amount: order.gross_amount },
        item_details: order.items.iter().map(item).collect(),
        customer_details: customer_details(&order.customer),
        credit_card: Some(CreditCard { secure: Some(true), ..CreditCard::default() }),
        callbacks: Some(Callbacks { finish: Some(finish), ..Callbacks::default() }),
        ..TokenRequest::default()
    }
}

/// The customer for the gateway; none if nothing is known. Empty fields are never sent.
pub(crate) fn customer_details(customer: &Customer) -> Option<CustomerDetails> {
    let Customer { name, email, phone } = customer.clone();
    if name.is_none() && email.is_none() && phone.is_none() {
        return None;
    }
    Some(CustomerDetails { first_name: name, email, phone, ..CustomerDetails::default() })
}
