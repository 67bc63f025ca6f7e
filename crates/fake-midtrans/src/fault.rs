//! Faults as data: what goes wrong, where, and how often. The control API fills the list; the edges ask it.

use serde::{Deserialize, Serialize};

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
    /// Its signature is wrong.
    Forge,
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
            Self::Duplicate { .. } | Self::Late { .. } | Self::Reorder | Self::Forge | Self::Hold | Self::Drop => {
                target == Target::Notification
            }
            Self::Status { status, .. } => is_http(target) && (200..600).contains(status),
            Self::Delay { .. } | Self::Hang | Self::Reset | Self::LostAnswer | Self::Truncate | Self::Html502 => {
                is_http(target)
            }
        }
    }

    /// The name, as `snap.js` and the popup are told.
    pub fn name(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        json["fault"].as_str().unwrap_or_default().to_owned()
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
    /// How often from now on; 0 is always.
    #[serde(default = "once")]
    pub times: u32,
    /// Let so many pass first.
    #[serde(default)]
    pub after: u32,
    /// Only for this order, where the edge knows it (notifications and callbacks).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<String>,
    #[serde(skip)]
    spent: bool,
}

fn once() -> u32 {
    1
}

/// Faults waiting to strike, oldest first.
#[derive(Debug, Default)]
pub struct Faults(Vec<Planned>);

impl Faults {
    /// Adds one.
    pub fn plan(&mut self, planned: Planned) {
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

    /// The oldest one that strikes now, counted down.
    pub fn strike(&mut self, target: Target, order_id: Option<&str>) -> Option<Fault> {
        let mut hits = self.0.iter_mut().filter_map(|planned| planned.hit(target, order_id));
        let struck = hits.next();
        self.0.retain(|planned| !planned.spent);
        struck
    }

    /// All that strike now, for edges where several can come together.
    pub fn strike_all(&mut self, target: Target, order_id: Option<&str>) -> Vec<Fault> {
        let hits = self.0.iter_mut().filter_map(|planned| planned.hit(target, order_id));
        let struck = hits.collect();
        self.0.retain(|planned| !planned.spent);
        struck
    }
}

impl Planned {
    fn hit(&mut self, target: Target, order_id: Option<&str>) -> Option<Fault> {
        let for_order = self.order_id.as_deref().is_none_or(|meant| Some(meant) == order_id);
        if self.target != target || !for_order {
            return None;
        }
        if self.after > 0 {
            self.after -= 1;
            return None;
        }
        if self.times > 0 {
            self.times -= 1;
            self.spent = self.times == 0;
        }
        Some(self.fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(list: serde_json::Value) -> Faults {
        Faults(serde_json::from_value(list).expect("valid"))
    }

    #[test]
    fn counts_down_and_lets_pass() {
        let mut list = faults(json!([{"target": "token", "fault": "status", "status": 503, "times": 2, "after": 1}]));
        let hits: Vec<bool> = (0..5).map(|_| list.strike(Target::Token, None).is_some()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert!(list.list().is_empty());
    }

    #[test]
    fn zero_is_always_and_other_targets_and_orders_are_spared() {
        let mut list = faults(json!([{"target": "notification", "fault": "forge", "times": 0, "order_id": "A"}]));
        for _ in 0..3 {
            assert_eq!(list.strike(Target::Notification, Some("A")), Some(Fault::Forge));
        }
        assert_eq!(list.strike(Target::Notification, Some("B")), None);
        assert_eq!(list.strike(Target::Token, Some("A")), None);
    }

    #[test]
    fn a_fault_only_fits_where_it_can_happen() {
        assert!(Fault::NoGlobal.fits(Target::SnapJs));
        assert!(!Fault::NoGlobal.fits(Target::Token));
        assert!(!Fault::Hang.fits(Target::Notification));
        assert!(!Fault::Status { status: 99, retry_after: None }.fits(Target::Token));
    }
}
