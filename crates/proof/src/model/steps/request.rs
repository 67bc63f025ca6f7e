//! A token request: on its way, at the shop, and back.

use flow::TokenFault;

use super::Steps;
use crate::model::shop::{Job, Order, Page, Session, Standing, Try};
use crate::model::tab::Heard;
use crate::model::world::{Request, World};

impl Steps<'_> {
    pub(super) fn token_request(&mut self, world: &World, at: usize) {
        let mut heard = *world;
        heard.tabs[at].request = Request::None;
        let (what, answer) = match world.tabs[at].request {
            Request::None => return,
            Request::Sent(key) => {
                if self.limits.late && world.late.is_none() {
                    heard.late = Some(key);
                    let late = self.hears(&heard, at, Heard::NoToken(TokenFault::Network));
                    self.add("the token request is held up", at, false, late);
                }
                return self.served(world, Some(at), key);
            }
            Request::Token(token) => ("the token is there", Heard::Token(token)),
            Request::KeyUsed => ("the key was used", Heard::NoToken(TokenFault::KeyUsed)),
            Request::AlreadyPaying => ("somebody is paying already", Heard::NoToken(TokenFault::AlreadyPaying)),
            Request::Failed => ("no token is to be had", Heard::NoToken(TokenFault::Unavailable)),
        };
        let heard = self.hears(&heard, at, answer);
        self.add(what, at, true, heard);
        let lost = self.hears(world, at, Heard::NoToken(TokenFault::Network));
        self.add("the answer to the token request is lost", at, false, lost);
    }

    /// The shop has the request, of a tab or of a page that is gone; `CheckoutService::create` and `resume`.
    pub(super) fn served(&mut self, world: &World, tab: Option<usize>, key: u8) {
        let answered = |request| {
            let mut world = *world;
            match tab {
                Some(tab) => world.tabs[tab].request = request,
                None => world.late = None,
            }
            world
        };
        let at = tab.unwrap_or(usize::MAX);
        let (many, pages) = (world.orders.iter().flatten().count(), world.pages_made());
        let room = many < usize::from(self.limits.orders) && pages < self.limits.pages;
        let known = world.order_under(key);
        // Beyond the limits there is nobody who would answer.
        self.add("the shop cannot be reached", at, known.is_none() && !room, answered(Request::Failed));
        let Some(known) = known else {
            if !room {
                self.cut += 1;
                return;
            }
            let (order, page) = (many, pages);
            let mut world = *world;
            world.orders[order] = Some(Order { job: Job::Create, ..Order::new(key, page) });
            let made =
                Page { order: u8::try_from(order).expect("few"), session: Session::None, state: Try::None, tries: 0 };
            world.pages[usize::from(page)] = Some(made);
            self.add("the shop writes an order down", at, true, world);
            return;
        };
        let order = world.orders[known].expect("known");
        if !order.standing.is_payable() {
            let said = if order.standing == Standing::Paid { Request::AlreadyPaying } else { Request::KeyUsed };
            self.add("the shop has nothing to pay under this key", at, true, answered(said));
            return;
        }
        let (spent, token) = (order.is_spent(&self.limits), Request::Token(order.newest));
        let given = order.known && (order.standing == Standing::Pending || (!spent && !order.stale));
        if given {
            self.add("the shop has a token", at, true, answered(token));
            return;
        }
        // The page to be replaced turned out to be in use.
        if order.known && spent && order.job == Job::None {
            self.add("the shop hands out the spent page", at, false, answered(token));
        }
        let tried = world.pages[usize::from(order.newest)].is_some_and(|page| page.state != Try::None);
        if tried {
            self.add("the shop says that somebody is paying", at, true, answered(Request::AlreadyPaying));
        }
        if order.job == Job::None {
            let mut world = *world;
            world.orders[known] = Some(Order { job: if spent { Job::AskEnd } else { Job::Create }, ..order });
            self.add("the shop begins to get a token", at, true, world);
        }
    }
}
