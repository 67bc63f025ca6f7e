//! Faults as data: what goes wrong, where, and how often. The control API fills the list; the edges ask it.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::delivery::Change;

/// Where a fault strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// `POST /snap/v1/transactions`.
    Token,
    /// `POST /snap/v1/transactions/{token}/cancel`.
    SessionCancel,
    /// `GET /v2/{id}/status`.
    Status,
    /// `POST /v2/{id}/cancel`.
    Cancel,
    /// `POST /v2/{id}/expire`.
    Expire,
    /// `POST /v2/{id}/refund` and `/refund/online/direct`.
    Refund,
    /// `POST /v2/{id}/approve` and `/deny`.
    Review,
    /// `POST /v2/capture`.
    Capture,
    /// Everything that merchants call.
    Api,
    /// Everything but the control API and the simulator.
    Gateway,
    /// `GET /snap/snap.js`.
    SnapJs,
    /// The popup's page.
    Popup,
    /// What the popup and the hosted page fetch.
    PageApi,
    /// The hosted page behind `redirect_url`.
    Hosted,
    /// The 3-D Secure page.
    ThreeDs,
    /// The callbacks of the next popup.
    Callback,
    /// The next notification.
    Notification,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Answers after so many milliseconds of real time.
    Delay {
        /// Milliseconds.
        ms: u64,
    },
    /// Answers with this status instead, and does nothing.
    Status {
        /// HTTP status.
        status: u16,
        /// Seconds of a `Retry-After` header.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<u32>,
    },
    /// Never answers, until faults are cleared.
    Hang,
    /// Closes the connection without an answer, and does nothing.
    Reset,
    /// Does the work, then closes the connection without an answer: the caller cannot know.
    LostAnswer,
    /// Breaks off in the middle of the body.
    Truncate,
    /// Answers 502 with an HTML page, as a proxy would.
    Html502,
    /// Answers HTTP 200 whatever the `status_code` in the body says.
    Http200,
    /// The status is the one of `seconds` ago, or of so many changes ago.
    Lag {
        /// Seconds of the virtual clock.
        #[serde(default)]
        seconds: u32,
        /// Changes of the transaction.
        #[serde(default)]
        changes: usize,
    },
    /// `snap.js` loads but defines no `window.snap`.
    NoGlobal,
    /// `snap.js` stops with an exception of its own.
    ScriptThrows,
    /// `snap.pay` and `snap.embed` throw.
    PayThrows,
    /// The result callback comes twice.
    DoubleCallback,
    /// `onClose` comes after the result callback.
    CloseAfterResult,
    /// `onClose` comes twice.
    DoubleClose,
    /// Only `onClose` comes, without the result.
    NoResult,
    /// `onClose` comes on `snap.hide()` too.
    CloseOnHide,
    /// The notification is sent `copies` more times.
    Duplicate {
        /// How many more.
        copies: u8,
    },
    /// It is sent so many virtual seconds later, others overtaking it.
    Late {
        /// Seconds of the virtual clock.
        seconds: u32,
    },
    /// It is sent after the next notification of the same order.
    Reorder,
    /// It says paid, with a signature that is wrong.
    Forge,
    /// Fields are changed on the way, or by Midtrans when it is signed anew.
    Alter(Change),
    /// Only the first half of the body is sent.
    Cut,
    /// It waits until released.
    Hold,
    /// It is never sent.
    Drop,
}

impl Fault {
    /// Whether this can happen there.
    pub fn fits(&self, target: Target) -> bool {
        match self {
            Self::NoGlobal | Self::ScriptThrows | Self::PayThrows => target == Target::SnapJs,
            Self::DoubleCallback | Self::CloseAfterResult | Self::DoubleClose | Self::NoResult | Self::CloseOnHide => {
                target == Target::Callback
            }
            Self::Duplicate { .. }
            | Self::Late { .. }
            | Self::Reorder
            | Self::Forge
            | Self::Alter(_)
            | Self::Cut
            | Self::Hold
            | Self::Drop => target == Target::Notification,
            Self::Lag { .. } => target == Target::Status,
            Self::Http200 => target.is_core(),
            Self::Status { status, .. } => is_http(target) && (200..600).contains(status),
            Self::Delay { .. } | Self::Hang | Self::Reset | Self::LostAnswer | Self::Truncate | Self::Html502 => {
                is_http(target)
            }
        }
    }

    /// Whether it only slows, ages or relabels an answer, so that another may strike with it.
    fn joins_others(&self) -> bool {
        matches!(self, Self::Delay { .. } | Self::Lag { .. } | Self::Http200)
    }

    /// The name, as `snap.js` and the popup are told.
    pub fn name(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        json["fault"].as_str().unwrap_or_default().to_owned()
    }
}

impl Target {
    /// Whether merchants call it with their server key.
    pub fn is_api(self) -> bool {
        matches!(self, Self::Token | Self::SessionCancel) || self.is_core()
    }

    /// Whether it belongs to the Core API, which repeats the status in its bodies.
    pub fn is_core(self) -> bool {
        use Target::{Cancel, Capture, Expire, Refund, Review, Status};
        matches!(self, Status | Cancel | Expire | Refund | Review | Capture)
    }

    /// Whether what was planned for `self` strikes at `place`.
    fn covers(self, place: Self) -> bool {
        match self {
            Self::Gateway => is_http(place),
            Self::Api => place.is_api(),
            this => this == place,
        }
    }
}

fn is_http(target: Target) -> bool {
    !matches!(target, Target::Callback | Target::Notification)
}

/// A fault waiting to strike.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Planned {
    /// Where.
    pub target: Target,
    /// What.
    #[serde(flatten)]
    pub fault: Fault,
    /// How often from now on; 0 is always, absent is once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Let so many pass first.
    #[serde(default)]
    pub after: u32,
    /// Only for this order, where it is known before the work: everywhere but at the token API and the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    /// Only so many seconds of the virtual clock, from now on. Alone it is every time until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_seconds: Option<u32>,
    #[serde(skip)]
    until: Option<OffsetDateTime>,
    #[serde(skip)]
    spent: bool,
}

impl Planned {
    /// Once, for any order.
    pub fn new(target: Target, fault: Fault) -> Self {
        Self { target, fault, times: Some(1), after: 0, order_id: None, for_seconds: None, until: None, spent: false }
    }

    /// So often; 0 is always.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// For one order only.
    #[must_use]
    pub fn of_order(mut self, order_id: &str) -> Self {
        self.order_id = Some(order_id.to_owned());
        self
    }
}

/// Faults waiting to strike, oldest first.
#[derive(Debug, Default)]
pub struct Faults(Vec<Planned>);

impl Faults {
    /// Adds one.
    pub fn plan(&mut self, mut planned: Planned, now: OffsetDateTime) {
        planned.until = planned.for_seconds.map(|seconds| now.saturating_add(Duration::seconds(seconds.into())));
        let usual = if planned.until.is_some() { 0 } else { 1 };
        planned.times = Some(planned.times.unwrap_or(usual));
        self.0.push(planned);
    }

    /// Takes all back.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Those still waiting.
    pub fn list(&self) -> &[Planned] {
        &self.0
    }

    /// What strikes a request now, counted down: everything that only slows or ages the answer, and the oldest of the rest.
    pub fn strike(&mut self, target: Target, order_id: Option<&str>, now: OffsetDateTime) -> Vec<Fault> {
        let mut struck: Vec<Fault> = Vec::new();
        for planned in &mut self.0 {
            let joins = planned.fault.joins_others() || struck.iter().all(Fault::joins_others);
            struck.extend(joins.then(|| planned.hit(target, order_id, now)).flatten());
        }
        self.forget_spent(now);
        struck
    }

    /// All that strike now, for edges where any can come together.
    pub fn strike_all(&mut self, target: Target, order_id: Option<&str>, now: OffsetDateTime) -> Vec<Fault> {
        let struck = self.0.iter_mut().filter_map(|planned| planned.hit(target, order_id, now)).collect();
        self.forget_spent(now);
        struck
    }

    fn forget_spent(&mut self, now: OffsetDateTime) {
        self.0.retain(|planned| !planned.spent && planned.until.is_none_or(|until| now < until));
    }
}

impl Planned {
    fn hit(&mut self, target: Target, order_id: Option<&str>, now: OffsetDateTime) -> Option<Fault> {
        let for_order = self.order_id.as_deref().is_none_or(|meant| Some(meant) == order_id);
        let over = self.until.is_some_and(|until| until <= now);
        if !self.target.covers(target) || !for_order || over {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        if let Some(times @ 1..) = &mut self.times {
            *times -= 1;
            self.spent = *times == 0;
        }
        Some(self.fault.clone())
    }
}

#[cfg(test)]
#[path = "fault_tests.rs"]
mod tests;
