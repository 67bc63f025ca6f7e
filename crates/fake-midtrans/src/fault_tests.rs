use super::*;
use serde_json::json;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);

fn faults(list: serde_json::Value) -> Faults {
    let planned: Vec<Planned> = serde_json::from_value(list).expect("valid");
    let mut faults = Faults::default();
    planned.into_iter().for_each(|planned| faults.plan(planned, NOW));
    faults
}

#[test]
fn counts_down_and_lets_pass() {
    let mut list = faults(json!([{"target": "token", "fault": "status", "status": 503, "times": 2, "after": 1}]));
    let hits: Vec<bool> = (0..5).map(|_| !list.strike(Target::Token, None, NOW).is_empty()).collect();
    assert_eq!(hits, [false, true, true, false, false]);
    assert!(list.list().is_empty());
}

#[test]
fn zero_is_always_and_other_targets_and_orders_are_spared() {
    let mut list = faults(json!([{"target": "notification", "fault": "forge", "times": 0, "order_id": "A"}]));
    for _ in 0..3 {
        assert_eq!(list.strike(Target::Notification, Some("A"), NOW), [Fault::Forge]);
    }
    assert_eq!(list.strike(Target::Notification, Some("B"), NOW), []);
    assert_eq!(list.strike(Target::Token, Some("A"), NOW), []);
}

#[test]
fn some_come_together_and_some_one_after_the_other() {
    let mut list = faults(json!([
        {"target": "status", "fault": "status", "status": 500},
        {"target": "gateway", "fault": "delay", "ms": 1, "times": 0},
        {"target": "api", "fault": "reset"},
        {"target": "status", "fault": "lag", "changes": 1},
    ]));
    let mut names = |target| {
        let struck = list.strike(target, None, NOW);
        struck.iter().map(Fault::name).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(Target::Status), "status delay lag");
    assert_eq!(names(Target::Popup), "delay");
    assert_eq!(names(Target::Status), "delay reset");
    assert_eq!(names(Target::Status), "delay");
    assert_eq!(names(Target::Notification), "");
}

#[test]
fn a_time_ends_by_the_clock() {
    let mut list = faults(json!([{"target": "status", "fault": "status", "status": 404, "for_seconds": 60}]));
    for (seconds, strikes) in [(0, true), (59, true), (60, false), (0, false)] {
        let struck = list.strike(Target::Status, None, NOW + Duration::seconds(seconds));
        assert_eq!(!struck.is_empty(), strikes, "after {seconds} s");
    }
}

#[test]
fn a_fault_only_fits_where_it_can_happen() {
    assert!(Fault::NoGlobal.fits(Target::SnapJs));
    assert!(!Fault::NoGlobal.fits(Target::Token));
    assert!(!Fault::Hang.fits(Target::Notification));
    assert!(Fault::Hang.fits(Target::Gateway));
    assert!(!Fault::Lag { seconds: 1, changes: 0 }.fits(Target::Api));
    assert!(!Fault::Http200.fits(Target::Token));
    assert!(!Fault::Status { status: 99, retry_after: None }.fits(Target::Token));
}
