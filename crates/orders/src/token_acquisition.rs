//! How the backend obtains a token for an order, as a state machine without I/O.
//!
//! [`plan`] decides whether a request gets the existing token, or who requests one. The holder of the lease then runs
//! [`TokenAcquisition`]: it performs the current step, and reports the result to [`TokenAcquisition::next`]. The
//! machine never replaces an attempt that the customer paid or can still pay.

use wire::merchant::OrderStatus;

/// More attempts than this point to a fault that another attempt does not solve.
pub const MAX_ATTEMPTS: i64 = 5;

/// The gateway's payment page accepts no more tries after this many declined payments.
pub const MAX_DECLINES: i64 = 3;

/// Whether the payment page of a token accepts another try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SnapPage {
    /// It does.
    Usable,
    /// It had too many declined payments.
    Exhausted,
}

/// Whether an attempt has a token that the customer can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenState {
    /// There is no token.
    Missing,
    /// The token is too old.
    Expired,
    /// The token is young enough.
    Fresh,
}

/// What to do for a request that wants the token of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenPlan {
    /// Return the token that the attempt has.
    Reuse,
    /// Take the lease, then run a [`TokenAcquisition`]. Without the lease, wait for the holder's token.
    Acquire(SnapPage),
    /// Nothing can be paid.
    Closed,
}

/// Whether the payment page of the newest attempt is exhausted.
#[must_use]
pub fn snap_page(status: &OrderStatus, seq: i64, declines: i64) -> SnapPage {
    if *status == OrderStatus::Denied && seq < MAX_ATTEMPTS && declines >= MAX_DECLINES {
        SnapPage::Exhausted
    } else {
        SnapPage::Usable
    }
}

/// The plan for an order with this status, whose newest attempt has this token and page.
#[must_use]
pub fn plan(status: &OrderStatus, token: TokenState, page: SnapPage) -> TokenPlan {
    if !status.is_payable() {
        return TokenPlan::Closed;
    }
    match (status, token, page) {
        // A customer who chose a method finds it again behind the same token, however old it is.
        (OrderStatus::Pending, TokenState::Fresh | TokenState::Expired, _)
        | (_, TokenState::Fresh, SnapPage::Usable) => TokenPlan::Reuse,
        _ => TokenPlan::Acquire(page),
    }
}

/// The step that the holder of the lease performs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TokenAcquisition {
    /// Request a token from the gateway for the newest attempt.
    RequestToken,
    /// Store the token of the gateway's answer.
    SaveToken,
    /// Fetch the status of the attempt to replace.
    CheckStatus,
    /// Apply the status response to the order, and look at the order's new status.
    ApplyStatus,
    /// Cancel the token of the attempt to replace: it may be open in another window.
    CancelToken,
    /// Store a new attempt and take its lease.
    StartNextAttempt,
}

/// The result of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepResult {
    /// The gateway created a token.
    TokenCreated,
    /// The gateway knows the order id of this attempt already.
    OrderIdTaken,
    /// The token is stored.
    TokenSaved,
    /// The lease expired before the token was stored.
    LeaseLost,
    /// The gateway returned the status of the attempt.
    StatusFetched,
    /// The status API does not know the attempt.
    StatusNotFound,
    /// The order has this status now, and the attempt has a token or not.
    StatusApplied {
        /// The order's status.
        order: OrderStatus,
        /// Whether the attempt to replace has a token.
        has_token: bool,
    },
    /// The status response must wait for a pending notification.
    StatusMustWait,
    /// The gateway cancelled the token.
    TokenCancelled,
    /// The gateway did not cancel the token: the customer is paying.
    TokenInUse,
    /// The new attempt is stored.
    AttemptStarted,
    /// The order can no longer be paid.
    OrderClosed,
}

/// What follows a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Perform this step.
    Step(TokenAcquisition),
    /// Return the stored token.
    Done,
    /// Release the lease and report this.
    GiveUp(GiveUp),
}

/// Why the holder of the lease stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GiveUp {
    /// The customer paid, or may be paying, with the attempt to replace.
    MayBePaid,
    /// The gateway knows the order id, and there were too many attempts.
    TooManyAttempts,
    /// The order has a status in which it cannot be paid.
    NotPayable(OrderStatus),
    /// The order or the lease changed meanwhile. A retry sees the new state.
    ConcurrentChange,
    /// The result does not fit the step. The caller has a fault.
    UnexpectedResult,
}

impl TokenAcquisition {
    /// The first step for a payment page.
    #[must_use]
    pub fn start(page: SnapPage) -> Self {
        match page {
            SnapPage::Usable => Self::RequestToken,
            SnapPage::Exhausted => Self::CheckStatus,
        }
    }

    /// What follows this step. `seq` is the number of the newest attempt, from 1.
    #[must_use]
    pub fn next(self, result: StepResult, seq: i64) -> Next {
        use StepResult as R;
        match (self, result) {
            (Self::RequestToken, R::TokenCreated) => Next::Step(Self::SaveToken),
            (Self::RequestToken, R::OrderIdTaken) if seq < MAX_ATTEMPTS => Next::Step(Self::CheckStatus),
            (Self::RequestToken, R::OrderIdTaken) => Next::GiveUp(GiveUp::TooManyAttempts),
            (Self::SaveToken, R::TokenSaved) => Next::Done,
            // Another process may have requested a token since, and only the newest token can be paid.
            (Self::SaveToken, R::LeaseLost) => Next::GiveUp(GiveUp::ConcurrentChange),
            (Self::CheckStatus, R::StatusFetched) => Next::Step(Self::ApplyStatus),
            // Not found does not mean not paid: the gateway finds some methods by their transaction id only.
            (Self::CheckStatus, R::StatusNotFound) => Next::GiveUp(GiveUp::MayBePaid),
            (Self::ApplyStatus, R::StatusApplied { order: OrderStatus::Denied, has_token: true }) => {
                Next::Step(Self::CancelToken)
            }
            (Self::ApplyStatus, R::StatusApplied { order: OrderStatus::Denied, has_token: false }) => {
                Next::Step(Self::StartNextAttempt)
            }
            (Self::ApplyStatus, R::StatusApplied { order, .. }) => Next::GiveUp(GiveUp::NotPayable(order)),
            (Self::CancelToken, R::TokenCancelled) => Next::Step(Self::StartNextAttempt),
            (Self::CancelToken, R::TokenInUse) => Next::GiveUp(GiveUp::MayBePaid),
            (Self::ApplyStatus | Self::StartNextAttempt, R::StatusMustWait) => Next::GiveUp(GiveUp::MayBePaid),
            (Self::StartNextAttempt, R::AttemptStarted) => Next::Step(Self::RequestToken),
            (Self::StartNextAttempt, R::OrderClosed) => Next::GiveUp(GiveUp::ConcurrentChange),
            _ => Next::GiveUp(GiveUp::UnexpectedResult),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OrderStatus as O;

    #[test]
    fn plan_by_status_token_and_page() {
        use SnapPage::{Exhausted, Usable};
        use TokenState::{Expired, Fresh, Missing};
        let cases = [
            (O::Created, Missing, Usable, TokenPlan::Acquire(Usable)),
            (O::Created, Fresh, Usable, TokenPlan::Reuse),
            (O::Created, Expired, Usable, TokenPlan::Acquire(Usable)),
            (O::Pending, Fresh, Usable, TokenPlan::Reuse),
            (O::Pending, Expired, Usable, TokenPlan::Reuse),
            (O::Pending, Missing, Usable, TokenPlan::Acquire(Usable)),
            (O::Denied, Fresh, Usable, TokenPlan::Reuse),
            (O::Denied, Fresh, Exhausted, TokenPlan::Acquire(Exhausted)),
            (O::Review, Fresh, Usable, TokenPlan::Closed),
            (O::Paid, Fresh, Usable, TokenPlan::Closed),
            (O::Expired, Missing, Usable, TokenPlan::Closed),
            (O::Unknown("held".into()), Fresh, Usable, TokenPlan::Closed),
        ];
        for (status, token, page, expected) in cases {
            assert_eq!(plan(&status, token, page), expected, "{status} {token:?} {page:?}");
        }
        for (status, seq, declines, expected) in [
            (O::Denied, 1, 3, Exhausted),
            (O::Denied, 1, 2, Usable),
            (O::Denied, MAX_ATTEMPTS, 3, Usable),
            (O::Pending, 1, 3, Usable),
        ] {
            assert_eq!(snap_page(&status, seq, declines), expected, "{status} {seq} {declines}");
        }
    }

    #[test]
    fn an_attempt_is_replaced_only_after_a_declined_payment_and_a_dead_token() {
        use TokenAcquisition as A;
        let applied = |order: O, has_token| StepResult::StatusApplied { order, has_token };
        let cases = [
            (A::RequestToken, StepResult::TokenCreated, 1, Next::Step(A::SaveToken)),
            (A::RequestToken, StepResult::OrderIdTaken, 1, Next::Step(A::CheckStatus)),
            (A::RequestToken, StepResult::OrderIdTaken, MAX_ATTEMPTS, Next::GiveUp(GiveUp::TooManyAttempts)),
            (A::SaveToken, StepResult::TokenSaved, 1, Next::Done),
            (A::SaveToken, StepResult::LeaseLost, 1, Next::GiveUp(GiveUp::ConcurrentChange)),
            (A::StartNextAttempt, StepResult::OrderClosed, 1, Next::GiveUp(GiveUp::ConcurrentChange)),
            (A::CheckStatus, StepResult::StatusNotFound, 1, Next::GiveUp(GiveUp::MayBePaid)),
            (A::CheckStatus, StepResult::StatusFetched, 1, Next::Step(A::ApplyStatus)),
            (A::ApplyStatus, StepResult::StatusMustWait, 1, Next::GiveUp(GiveUp::MayBePaid)),
            (A::ApplyStatus, applied(O::Denied, true), 1, Next::Step(A::CancelToken)),
            (A::ApplyStatus, applied(O::Denied, false), 1, Next::Step(A::StartNextAttempt)),
            (A::ApplyStatus, applied(O::Pending, true), 1, Next::GiveUp(GiveUp::NotPayable(O::Pending))),
            (A::ApplyStatus, applied(O::Paid, true), 1, Next::GiveUp(GiveUp::NotPayable(O::Paid))),
            (A::CancelToken, StepResult::TokenInUse, 1, Next::GiveUp(GiveUp::MayBePaid)),
            (A::CancelToken, StepResult::TokenCancelled, 1, Next::Step(A::StartNextAttempt)),
            (A::StartNextAttempt, StepResult::StatusMustWait, 1, Next::GiveUp(GiveUp::MayBePaid)),
            (A::StartNextAttempt, StepResult::AttemptStarted, 2, Next::Step(A::RequestToken)),
            (A::SaveToken, StepResult::TokenCancelled, 1, Next::GiveUp(GiveUp::UnexpectedResult)),
        ];
        for (step, result, seq, expected) in cases {
            assert_eq!(step.next(result.clone(), seq), expected, "{step:?} {result:?} {seq}");
        }
    }
}
