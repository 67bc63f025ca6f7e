//! The shop on its own: getting a token, and asking how an order stands.

use super::Steps;
use crate::model::shop::{Job, Order, Page, Said, Session, Standing, Try};
use crate::model::world::World;

impl Steps<'_> {
    /// The shop on its own: getting a token, and asking how an order stands.
    pub(super) fn shop(&mut self, world: &World, at: usize) {
        let order = world.orders[at].expect("there is one");
        let page = world.pages[usize::from(order.newest)].expect("an order has a page");
        let with = |order: Order| {
            let mut world = *world;
            world.orders[at] = Some(order);
            world
        };
        let said = Said { page: order.newest, state: page.state, tries: page.tries };
        match order.job {
            Job::None => {}
            Job::Create => {
                let mut made = with(Order { job: Job::Made, ..order });
                if page.state == Try::None {
                    made.pages[usize::from(order.newest)] = Some(Page { session: Session::Live, ..page });
                    self.add("the gateway makes a token", at, true, made);
                } else if order.stale {
                    self.add("the gateway knows the id", at, true, with(Order { job: Job::Taken, ..order }));
                } else {
                    self.add("the gateway names the token again", at, true, made);
                    self.add("the gateway knows the id", at, false, with(Order { job: Job::Taken, ..order }));
                }
            }
            Job::Made => {
                let kept = Order { job: Job::None, known: true, stale: false, ..order };
                self.add("the shop keeps the token", at, true, with(kept));
                self.add("the gateway's answer is lost", at, false, with(Order { job: Job::Create, ..order }));
            }
            Job::Taken if order.pages < 2 => {
                self.add(
                    "the shop looks at the page to be replaced",
                    at,
                    true,
                    with(Order { job: Job::AskEnd, ..order }),
                );
            }
            // `replace` refuses: the customer is told that somebody is paying.
            Job::Taken => self.add("the shop gives up", at, true, with(Order { job: Job::None, ..order })),
            Job::AskEnd if page.state == Try::None => {
                self.add("the shop gives up", at, true, with(Order { job: Job::None, ..order }));
            }
            Job::AskEnd => {
                self.add(
                    "the gateway says how that page stands",
                    at,
                    true,
                    with(Order { job: Job::Told(said), ..order }),
                );
            }
            Job::Told(said) => {
                let mut order = order;
                self.rules.hear(&mut order, said);
                let ends = order.standing == Standing::Denied;
                order.job = match (ends, order.known) {
                    (false, _) => Job::None,
                    (true, true) => Job::Cancel,
                    (true, false) => Job::Gone,
                };
                self.add("the shop hears how that page stands", at, true, with(order));
            }
            Job::Cancel if matches!(page.state, Try::Pending | Try::Settled | Try::Refunded) => {
                self.add("the gateway does not end that page", at, true, with(Order { job: Job::None, ..order }));
            }
            Job::Cancel => {
                let mut gone = with(Order { job: Job::Gone, ..order });
                gone.pages[usize::from(order.newest)] = Some(Page { session: Session::Dead, ..page });
                self.add("the gateway ends that page", at, true, gone);
            }
            Job::Gone => self.next_page(world, at, order),
        }
        if order.job != Job::None {
            self.add("the shop gives up", at, false, with(Order { job: Job::None, ..order }));
        }
        match order.look {
            None => {
                for number in 0..world.pages_made() {
                    let page = world.pages[usize::from(number)].expect("made");
                    if usize::from(page.order) == at && page.state != Try::None {
                        let said = Said { page: number, state: page.state, tries: page.tries };
                        let mut heard = order;
                        self.rules.hear(&mut heard, said);
                        if heard == order && !order.standing.is_payable() {
                            // It is over, and this is no news; nor will it ever be.
                            continue;
                        }
                        let look = Some(said);
                        self.add("the gateway is asked how the order stands", at, true, with(Order { look, ..order }));
                    }
                }
            }
            Some(said) => {
                let mut heard = Order { look: None, ..order };
                self.rules.hear(&mut heard, said);
                self.add("the shop hears how the order stands", at, true, with(heard));
                self.add("the gateway's word is lost", at, false, with(Order { look: None, ..order }));
            }
        }
        if self.limits.ages && order.known && !order.stale {
            self.add("a day passes", at, false, with(Order { stale: true, ..order }));
        }
    }

    fn next_page(&mut self, world: &World, at: usize, order: Order) {
        let page = world.pages_made();
        let mut world = *world;
        if !order.standing.is_payable() || page >= self.limits.pages {
            if page >= self.limits.pages {
                self.cut += 1;
            }
            world.orders[at] = Some(Order { job: Job::None, ..order });
            return self.add("the shop gives up", at, true, world);
        }
        let next = Order {
            newest: page,
            pages: order.pages + 1,
            known: false,
            stale: false,
            refusals: 0,
            job: Job::Create,
            ..order
        };
        world.orders[at] = Some(next);
        let made = Page { order: u8::try_from(at).expect("few"), session: Session::None, state: Try::None, tries: 0 };
        world.pages[usize::from(page)] = Some(made);
        self.add("the shop writes the next page down", at, true, world);
    }
}
