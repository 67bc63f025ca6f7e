//! The payment pages, the customer there, and the bank.

use super::Steps;
use crate::model::shop::{Page, Session, Try};
use crate::model::world::World;

impl Steps<'_> {
    /// The customer at the gateway's page, and the bank.
    pub(super) fn gateway(&mut self, world: &World, number: u8) {
        let at = usize::from(number);
        let Some(page) = world.pages[at] else { return };
        let with = |page: Page| {
            let mut world = *world;
            world.pages[at] = Some(page);
            world
        };
        if page.state != Try::Pending && page.is_payable(&self.limits) && world.on_screen(number, &self.limits) {
            let tried = Page { state: Try::Pending, tries: page.tries + 1, ..page };
            self.add("the customer tries to pay", at, false, with(tried));
        }
        if page.state == Try::Pending {
            for (what, state) in
                [("the money comes", Try::Settled), ("the bank refuses", Try::Denied), ("it is too late", Try::Expired)]
            {
                let session = if state == Try::Expired { Session::Dead } else { page.session };
                self.add(what, at, false, with(Page { state, session, ..page }));
            }
        }
        if self.limits.refunds && page.state == Try::Settled {
            self.add("the shop gives the money back", at, false, with(Page { state: Try::Refunded, ..page }));
        }
        let stale = world.order_of(number).is_some_and(|order| order.stale);
        if self.limits.ages && stale && page.session == Session::Live {
            self.add("the page is over", at, false, with(Page { session: Session::Dead, ..page }));
        }
    }
}
