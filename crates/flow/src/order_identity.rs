//! Whether two sets of settings describe the same order.

/// The settings that identify an order on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderIdentity<'a> {
    /// The body of the token request.
    pub order: &'a str,
    /// The merchant's own name for the order, if the page sets one.
    pub order_key: Option<&'a str>,
}

impl OrderIdentity<'_> {
    /// Whether both are the same order. A key identifies the order whatever its body is: details about the customer may
    /// change. Without a key, another body is another order.
    #[must_use]
    pub fn is_same_order(&self, other: &OrderIdentity<'_>) -> bool {
        self.order_key == other.order_key && (self.order_key.is_some() || self.order == other.order)
    }
}

#[cfg(test)]
mod tests {
    use super::OrderIdentity;

    #[test]
    fn a_key_identifies_an_order_and_without_one_its_body_does() {
        let cases = [
            (("a", None), ("a", None), true),
            (("a", None), ("b", None), false),
            (("a", Some("1")), ("b", Some("1")), true),
            (("a", Some("1")), ("a", Some("2")), false),
            (("a", Some("1")), ("a", None), false),
        ];
        for (one, other, expected) in cases {
            let identity = |(order, order_key)| OrderIdentity { order, order_key };
            assert_eq!(identity(one).is_same_order(&identity(other)), expected, "{one:?} {other:?}");
        }
    }
}
