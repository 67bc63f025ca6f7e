//! The cart: item ids and quantities. The browser keeps it until the order is paid.

use snap_checkout::effects::{json, saved_checkout};
use snap_checkout::wire::Rupiah;
use snap_checkout::wire::merchant::{Customer, Item, OrderLine, OrderRequest};

const STORAGE_KEY: &str = "storefront:cart";
/// The largest quantity of one item.
const MAX_QUANTITY: u32 = 99;

/// Ids and quantities in the order they were added.
#[derive(Clone, PartialEq, Default)]
pub struct Cart(Vec<OrderLine>);

impl Cart {
    /// The saved cart, without items that the shop no longer has.
    pub fn load(items: &[Item]) -> Self {
        let mut cart = Self::default();
        for OrderLine { id, quantity } in json::list(&saved_checkout::setting(STORAGE_KEY).unwrap_or_default()) {
            if items.iter().any(|item| item.id == id) {
                cart.set(&id, quantity);
            }
        }
        cart
    }

    pub fn save(&self) {
        saved_checkout::save_setting(STORAGE_KEY, &self.items());
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn quantity(&self, id: &str) -> u32 {
        self.0.iter().find(|line| line.id == id).map_or(0, |line| line.quantity)
    }

    pub fn count(&self) -> u32 {
        self.0.iter().map(|line| line.quantity).sum()
    }

    pub fn change(&mut self, id: &str, by: i32) {
        self.set(id, self.quantity(id).saturating_add_signed(by));
    }

    fn set(&mut self, id: &str, quantity: u32) {
        let quantity = quantity.min(MAX_QUANTITY);
        match self.0.iter_mut().find(|line| line.id == id) {
            Some(_) if quantity == 0 => self.0.retain(|line| line.id != id),
            Some(line) => line.quantity = quantity,
            None if quantity == 0 => {}
            None => self.0.push(OrderLine { id: id.to_owned(), quantity }),
        }
    }

    /// Each line with its item.
    pub fn lines<'a>(&'a self, items: &'a [Item]) -> impl Iterator<Item = (&'a Item, u32)> {
        self.0.iter().filter_map(|line| Some((items.iter().find(|item| item.id == line.id)?, line.quantity)))
    }

    /// The total on the page. The backend prices the order.
    pub fn total(&self, items: &[Item]) -> Rupiah {
        self.lines(items).fold(Rupiah(0), |total, (item, quantity)| {
            item.price.times(quantity).and_then(|line| total.plus(line)).unwrap_or(total)
        })
    }

    /// The lines as JSON. They identify the order, whatever the customer's details are.
    pub fn items(&self) -> String {
        json::written(&self.0)
    }

    /// The order request for the backend.
    pub fn order(&self, customer: &Customer) -> String {
        let filled = |text: &Option<String>| {
            let text = text.as_deref()?.trim_ascii();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let customer =
            Customer { name: filled(&customer.name), email: filled(&customer.email), phone: filled(&customer.phone) };
        json::written(&OrderRequest { items: self.0.clone(), customer: Some(customer) })
    }
}
