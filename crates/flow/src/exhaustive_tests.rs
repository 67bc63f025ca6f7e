//! Explores every reachable state with every possible event, and checks the invariants in each.
//!
//! The environment is part of the model. A result belongs to a running effect, or is stale. The customer may press
//! anything at any time. A popup may call back while it is open.

mod events;

use std::collections::{BTreeSet, HashSet, VecDeque};

use wire::merchant::OrderStatus;

use self::events::{independent_events, results, streamed};
use crate::machine::Stream;
use crate::*;

/// An effect that has no result yet. All of them have the request id that the phase awaits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Owed {
    Script,
    Token,
    Popup,
    Callback,
    Status,
    Timer,
}

#[derive(Debug, Clone, PartialEq)]
struct World {
    machine: CheckoutMachine,
    owed: BTreeSet<Owed>,
    popups: i8,
    streams: i8,
}

const NOW: RequestId = CheckoutMachine::NOW;
const STALE: RequestId = RequestId(0);
const STREAM: RequestId = CheckoutMachine::STREAM;
const MODES: [ResolvedMode; 3] =
    [ResolvedMode::OnPage(Frame::Popup), ResolvedMode::OnPage(Frame::Embed), ResolvedMode::Redirect];

#[test]
fn every_reachable_state_satisfies_the_invariants() {
    let mut transitions = 0;
    let mut seen = HashSet::new();
    let mut queue =
        VecDeque::from([World { machine: CheckoutMachine::new(), owed: BTreeSet::new(), popups: 0, streams: 0 }]);
    while let Some(world) = queue.pop_front() {
        if !seen.insert(format!("{world:?}")) {
            continue;
        }
        assert_invariants(&world);
        for event in possible_events(&world) {
            transitions += 1;
            queue.push_back(apply(&world, event));
        }
        for event in stale_events(&world) {
            let mut machine = world.machine.clone();
            let effects = machine.apply(event.clone());
            assert!(effects.is_empty() && machine == world.machine, "stale {event:?} moved {world:#?}");
        }
    }
    println!("machine: {} states, {transitions} transitions", seen.len());
    assert!(seen.len() > 500, "the exploration is too small: {} states", seen.len());
}

fn assert_invariants(world: &World) {
    let phase = world.machine.phase();
    let actions = phase.available_actions();
    assert_eq!(world.streams == 1, world.machine.stream != Stream::Closed, "{world:#?}");
    assert!(world.streams == 0 || phase.polling_request().is_some(), "an unused stream: {world:#?}");
    if let Phase::Confirming { polling, .. } | Phase::Pending { polling, .. } = phase {
        assert!(!world.machine.hidden || phase.polling_request().is_none(), "polls while hidden: {world:#?}");
        assert!(world.machine.hidden || *polling != Polling::Paused, "nothing ends the pause: {world:#?}");
        assert!(phase.polling_request().is_none() || !world.owed.is_empty(), "waits for nothing: {world:#?}");
    }
    assert!(phase.checkout().is_some() || world.machine.version.is_none(), "the version of another order: {world:#?}");
    if matches!(phase, Phase::Settled(_)) {
        for event in [independent_events(), results(NOW), results(STALE), streamed(STREAM)].concat() {
            if event == Event::Restarted {
                continue;
            }
            let mut machine = world.machine.clone();
            let effects = machine.apply(event.clone());
            assert!(effects.is_empty() && machine.phase == world.machine.phase, "{event:?} moved a finished checkout");
        }
        return;
    }
    if let Phase::Preparing(Preparing { mode: ResolvedMode::Redirect, script, checkout, trigger, .. }) = phase {
        let requested_before = *trigger == Trigger::Click && *script != ScriptState::NotRequested;
        assert!(
            checkout.is_none() && (*script == ScriptState::NotRequested || requested_before),
            "an unused request: {world:#?}"
        );
    }
    assert!(phase.busy() || !actions.is_empty(), "no action for the customer: {world:#?}");
    assert!(!phase.busy() || world.machine.hidden || !world.owed.is_empty(), "waits for nothing: {world:#?}");
    for action in actions {
        let event = match action {
            CheckoutAction::Pay => Event::PayPressed { mode: MODES[0] },
            CheckoutAction::Hosted => Event::HostedPressed,
            CheckoutAction::Check => Event::CheckPressed,
            CheckoutAction::Close => Event::ClosePressed,
        };
        let mut machine = world.machine.clone();
        let effects = machine.apply(event);
        assert!(!effects.is_empty() || machine != world.machine, "{action:?} has no effect: {world:#?}");
    }
    assert!((0..=1).contains(&world.popups), "{world:#?}");
    let may_have_popup = matches!(phase, Phase::Opening { .. } | Phase::Open { .. } | Phase::Redirected { .. });
    assert!(world.popups == 0 || may_have_popup, "a popup that the machine does not know: {world:#?}");
}

fn apply(world: &World, event: Event) -> World {
    let mut next = world.clone();
    let answered = match &event {
        Event::ScriptLoaded { .. } | Event::ScriptFailed { .. } => Some(Owed::Script),
        Event::TokenReceived { .. } | Event::TokenFailed { .. } => Some(Owed::Token),
        Event::StatusReceived { .. } | Event::StatusFailed { .. } | Event::StatusMissing { .. } => Some(Owed::Status),
        Event::TimerFired { .. } => Some(Owed::Timer),
        Event::PopupOpened { .. } => Some(Owed::Popup),
        _ => None,
    };
    next.owed.retain(|owed| Some(*owed) != answered);
    if let Event::PopupFailed { .. } | Event::EmbedTooSmall { .. } = &event {
        next.owed.clear();
        next.popups = 0;
    }
    let effects = next.machine.apply(event.clone());
    let request_id = awaited(next.machine.phase());
    if request_id != awaited(world.machine.phase()) {
        next.owed.clear();
    }
    for effect in effects {
        match effect {
            Effect::LoadScript { request_id: own } if Some(own) == request_id => next.owed.extend([Owed::Script]),
            Effect::RequestToken { request_id: own, .. } if Some(own) == request_id => {
                // After a declined payment the backend decides which token of the same order to use.
                let declined = matches!(world.machine.phase(), Phase::Failed { failure: Failure::Declined, .. });
                let none = world.machine.phase().checkout().is_none();
                assert!(none || declined, "a second token for one order: {world:#?} {event:?}");
                next.owed.extend([Owed::Token]);
            }
            Effect::FetchStatus { request_id: own, .. } if Some(own) == request_id => next.owed.extend([Owed::Status]),
            Effect::StartTimer { request_id: own, .. } if Some(own) == request_id => next.owed.extend([Owed::Timer]),
            Effect::OpenPopup { request_id: own, frame, .. } => {
                assert_eq!(Some(own), request_id);
                assert_frame(world, &event, frame);
                assert_eq!(next.popups, 0, "a second popup: {world:#?} {event:?}");
                next.popups = 1;
                next.owed.extend([Owed::Popup, Owed::Callback]);
            }
            Effect::HidePopup => next.popups = 0,
            Effect::OpenStream { request_id, .. } => {
                assert_eq!(next.machine.stream, Stream::Silent(request_id));
                next.streams += 1;
            }
            Effect::CloseStream => next.streams -= 1,
            Effect::Redirect { .. } | Effect::SaveCheckout { .. } | Effect::ClearCheckout => {}
            effect => panic!("{effect:?} has another request id: {world:#?} {event:?}"),
        }
    }
    assert!((0..=1).contains(&next.streams), "{} streams: {world:#?} {event:?}", next.streams);
    let was_running = !matches!(world.machine.phase(), Phase::Settled(_));
    if let (true, Phase::Settled(Outcome::Paid(_))) = (was_running, next.machine.phase()) {
        let by_the_backend = matches!(&event, Event::StatusReceived { order, .. } | Event::StatusStreamed { order, .. }
            if matches!(order.status, OrderStatus::Paid | OrderStatus::PartiallyRefunded));
        assert!(by_the_backend, "paid by {event:?}");
    }
    if let Event::StatusReceived { order, .. } | Event::StatusStreamed { order, .. } = &event
        && order.version < world.machine.version
        && order.version.is_some()
    {
        assert!(
            was_running && !matches!(next.machine.phase(), Phase::Settled(_)),
            "an outdated order ended the checkout: {world:#?} {event:?}"
        );
        assert_eq!(next.machine.version, world.machine.version, "an outdated order: {event:?}");
    }
    if let (
        Phase::Preparing(Preparing { trigger: Trigger::Click, mode, .. }),
        Phase::Preparing(Preparing { mode: then, .. }),
    ) = (world.machine.phase(), next.machine.phase())
    {
        let no_hosted_page = *mode == ResolvedMode::Redirect && *then == MODES[0];
        assert!(mode == then || no_hosted_page, "another mode in a running payment: {world:#?} {event:?}");
    }
    let paying = matches!(
        world.machine.phase(),
        Phase::Opening { .. }
            | Phase::Open { .. }
            | Phase::Confirming { .. }
            | Phase::Pending { .. }
            | Phase::Redirected { .. }
    );
    if event == Event::Restarted {
        assert_eq!((next.machine.phase(), next.popups, next.streams), (&Phase::Idle, 0, 0), "{world:#?}");
        assert!(
            !was_running || next.machine.key == world.machine.key,
            "an unfinished order with another key: {world:#?}"
        );
    }
    if event == Event::OrderChanged {
        let kept = paying || matches!(world.machine.phase(), Phase::Settled(_));
        assert_eq!(*next.machine.phase() != Phase::Idle, kept, "{world:#?}");
    }
    next.machine = next.machine.normalized();
    next
}

/// A running payment keeps its mode. A customer who goes to the hosted page gets no popup.
fn assert_frame(world: &World, event: &Event, frame: Frame) {
    let trigger = match (world.machine.phase(), event) {
        (Phase::Opening { .. }, Event::EmbedTooSmall { .. }) => ResolvedMode::OnPage(Frame::Popup),
        (Phase::Opening { frame, .. }, _) => ResolvedMode::OnPage(*frame),
        (Phase::Preparing(Preparing { trigger: Trigger::Click, mode, .. }), _) => *mode,
        (_, Event::PayPressed { mode }) => *mode,
        other => panic!("{other:?} opened a {frame:?}"),
    };
    let hosted = world.machine.phase().checkout().and_then(|checkout| checkout.redirect_url.as_ref());
    match trigger {
        ResolvedMode::OnPage(trigger) => assert_eq!(trigger, frame, "{world:#?} {event:?}"),
        // The backend returned no hosted page.
        ResolvedMode::Redirect => assert!(frame == Frame::Popup && hosted.is_none(), "{world:#?} {event:?}"),
    }
}

fn awaited(phase: &Phase) -> Option<RequestId> {
    match phase {
        Phase::Preparing(Preparing { request_id, .. })
        | Phase::Opening { request_id, .. }
        | Phase::Open { request_id, .. }
        | Phase::Confirming { polling: Polling::Running { request_id, .. }, .. }
        | Phase::Pending { polling: Polling::Running { request_id, .. }, .. } => Some(*request_id),
        _ => None,
    }
}

fn possible_events(world: &World) -> Vec<Event> {
    let owed = |event: &Event| match event {
        Event::ScriptLoaded { .. } | Event::ScriptFailed { .. } => world.owed.contains(&Owed::Script),
        Event::TokenReceived { .. } | Event::TokenFailed { .. } => world.owed.contains(&Owed::Token),
        Event::PopupOpened { .. } | Event::PopupFailed { .. } => world.owed.contains(&Owed::Popup),
        Event::StatusReceived { .. } | Event::StatusFailed { .. } | Event::StatusMissing { .. } => {
            world.owed.contains(&Owed::Status)
        }
        Event::TimerFired { .. } => world.owed.contains(&Owed::Timer),
        Event::EmbedTooSmall { .. } => {
            let embeds = matches!(world.machine.phase(), Phase::Opening { frame: Frame::Embed, .. });
            embeds && world.owed.contains(&Owed::Popup)
        }
        _ => world.owed.contains(&Owed::Callback),
    };
    let streamed = if world.streams > 0 { streamed(STREAM) } else { vec![] };
    [independent_events(), results(NOW).into_iter().filter(owed).collect(), streamed].concat()
}

/// Results of earlier effects, and messages of a closed stream.
fn stale_events(world: &World) -> Vec<Event> {
    let of_closed_stream = if world.streams > 0 { vec![] } else { streamed(STREAM) };
    [results(STALE), streamed(STALE), streamed(NOW), of_closed_stream].concat()
}
