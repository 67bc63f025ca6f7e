//! Every state that can be reached, by every event that can happen there, and what must hold in all of them.
//!
//! The outside is modelled too: an answer comes only to an effect that is still unanswered, or stale; people
//! press whatever they like at any time; a popup calls back while it is open.

mod events;

use std::collections::{BTreeSet, HashSet, VecDeque};

use wire::merchant::OrderStatus;

use self::events::{answers, people, streamed};
use crate::*;

/// What the outside owes an answer for, all under the request id that the phase waits for.
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
    flow: CheckoutMachine,
    owed: BTreeSet<Owed>,
    popups: i8,
    streams: i8,
}

const NOW: RequestId = CheckoutMachine::NOW;
const STALE: RequestId = RequestId(0);
const STREAM: RequestId = CheckoutMachine::STREAM;
const MODES: [Mode; 3] = [Mode::OnPage(Frame::Popup), Mode::OnPage(Frame::Embed), Mode::Redirect];

#[test]
fn every_reachable_state_keeps_the_invariants() {
    let mut transitions = 0;
    let mut seen = HashSet::new();
    let mut queue =
        VecDeque::from([World { flow: CheckoutMachine::new(), owed: BTreeSet::new(), popups: 0, streams: 0 }]);
    while let Some(world) = queue.pop_front() {
        if !seen.insert(format!("{world:?}")) {
            continue;
        }
        holds_in(&world);
        for event in possible(&world) {
            transitions += 1;
            queue.push_back(stepped(&world, event));
        }
        for event in stale(&world) {
            let mut flow = world.flow.clone();
            let effects = flow.apply(event.clone());
            assert!(effects.is_empty() && flow == world.flow, "stale {event:?} moved {world:#?}");
        }
    }
    println!("flow: {} states, {transitions} transitions", seen.len());
    assert!(seen.len() > 500, "the walk is no walk any more: {} states", seen.len());
}

fn holds_in(world: &World) {
    let phase = world.flow.phase();
    let ways = phase.available_actions();
    assert_eq!(world.streams == 1, world.flow.stream != Stream::Closed, "{world:#?}");
    assert!(world.streams == 0 || phase.asking().is_some(), "a stream that nobody needs: {world:#?}");
    if let Phase::Confirming { polling, .. } | Phase::Pending { polling, .. } = phase {
        assert!(!world.flow.hidden || phase.asking().is_none(), "asks for nobody: {world:#?}");
        assert!(world.flow.hidden || *polling != Polling::Paused, "nothing ends the pause: {world:#?}");
        assert!(phase.asking().is_none() || !world.owed.is_empty(), "waits for nothing: {world:#?}");
    }
    assert!(phase.checkout().is_some() || world.flow.version.is_none(), "another order's version: {world:#?}");
    if matches!(phase, Phase::Settled(_)) {
        for event in [people(), answers(NOW), answers(STALE), streamed(STREAM)].concat() {
            if event == Event::Restarted {
                continue;
            }
            let mut flow = world.flow.clone();
            let effects = flow.apply(event.clone());
            assert!(effects.is_empty() && flow.phase == world.flow.phase, "{event:?} moved an ended checkout");
        }
        return;
    }
    if let Phase::Preparing(Preparing { mode: Mode::Redirect, script, checkout, trigger, .. }) = phase {
        let late = *trigger == Trigger::Click && *script != ScriptState::NotRequested;
        assert!(
            checkout.is_none() && (*script == ScriptState::NotRequested || late),
            "fetched for nothing: {world:#?}"
        );
    }
    assert!(phase.busy() || !ways.is_empty(), "no way on: {world:#?}");
    assert!(!phase.busy() || world.flow.hidden || !world.owed.is_empty(), "waits for nothing: {world:#?}");
    for way in ways {
        let event = match way {
            CheckoutAction::Pay => Event::PayPressed { mode: MODES[0] },
            CheckoutAction::Hosted => Event::HostedPressed,
            CheckoutAction::Check => Event::CheckPressed,
            CheckoutAction::Close => Event::ClosePressed,
        };
        let mut flow = world.flow.clone();
        let effects = flow.apply(event);
        assert!(!effects.is_empty() || flow != world.flow, "{way:?} leads nowhere: {world:#?}");
    }
    assert!((0..=1).contains(&world.popups), "{world:#?}");
    let may_have_popup = matches!(phase, Phase::Opening { .. } | Phase::Open { .. } | Phase::Redirected { .. });
    assert!(world.popups == 0 || may_have_popup, "a popup that nobody knows of: {world:#?}");
}

fn stepped(world: &World, event: Event) -> World {
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
    let effects = next.flow.apply(event.clone());
    let request_id = waits_for(next.flow.phase());
    if request_id != waits_for(world.flow.phase()) {
        next.owed.clear();
    }
    for effect in effects {
        match effect {
            Effect::LoadScript { request_id: asks } if Some(asks) == request_id => next.owed.extend([Owed::Script]),
            Effect::RequestToken { request_id: asks, .. } if Some(asks) == request_id => {
                // After a refusal the merchant says which token of the same order is to be paid now.
                let refused = matches!(world.flow.phase(), Phase::Failed { failure: Failure::Declined, .. });
                let none = world.flow.phase().checkout().is_none();
                assert!(none || refused, "a second token for one order: {world:#?} {event:?}");
                next.owed.extend([Owed::Token]);
            }
            Effect::FetchStatus { request_id: asks, .. } if Some(asks) == request_id => {
                next.owed.extend([Owed::Status])
            }
            Effect::StartTimer { request_id: asks, .. } if Some(asks) == request_id => next.owed.extend([Owed::Timer]),
            Effect::OpenPopup { request_id: asks, frame, .. } => {
                assert_eq!(Some(asks), request_id);
                shows_where_it_was_wanted(world, &event, frame);
                assert_eq!(next.popups, 0, "a second popup: {world:#?} {event:?}");
                next.popups = 1;
                next.owed.extend([Owed::Popup, Owed::Callback]);
            }
            Effect::HidePopup => next.popups = 0,
            Effect::OpenStream { request_id, .. } => {
                assert_eq!(next.flow.stream, Stream::Silent(request_id));
                next.streams += 1;
            }
            Effect::CloseStream => next.streams -= 1,
            Effect::Redirect { .. } | Effect::SaveCheckout { .. } | Effect::ClearCheckout => {}
            effect => panic!("{effect:?} asks for somebody else: {world:#?} {event:?}"),
        }
    }
    assert!((0..=1).contains(&next.streams), "{} streams: {world:#?} {event:?}", next.streams);
    let newly = !matches!(world.flow.phase(), Phase::Settled(_));
    if let (true, Phase::Settled(Outcome::Paid(_))) = (newly, next.flow.phase()) {
        let by_the_merchant = matches!(&event, Event::StatusReceived { order, .. } | Event::StatusStreamed { order, .. }
            if matches!(order.status, OrderStatus::Paid | OrderStatus::PartiallyRefunded));
        assert!(by_the_merchant, "paid by {event:?}");
    }
    if let Event::StatusReceived { order, .. } | Event::StatusStreamed { order, .. } = &event
        && order.version < world.flow.version
        && order.version.is_some()
    {
        assert!(newly && !matches!(next.flow.phase(), Phase::Settled(_)), "old news ended it: {world:#?} {event:?}");
        assert_eq!(next.flow.version, world.flow.version, "old news: {event:?}");
    }
    if let (
        Phase::Preparing(Preparing { trigger: Trigger::Click, mode, .. }),
        Phase::Preparing(Preparing { mode: then, .. }),
    ) = (world.flow.phase(), next.flow.phase())
    {
        let no_hosted_page = *mode == Mode::Redirect && *then == MODES[0];
        assert!(mode == then || no_hosted_page, "another way in the middle: {world:#?} {event:?}");
    }
    let paying = matches!(
        world.flow.phase(),
        Phase::Opening { .. }
            | Phase::Open { .. }
            | Phase::Confirming { .. }
            | Phase::Pending { .. }
            | Phase::Redirected { .. }
    );
    if event == Event::Restarted {
        assert_eq!((next.flow.phase(), next.popups, next.streams), (&Phase::Idle, 0, 0), "{world:#?}");
        assert!(!newly || next.flow.key == world.flow.key, "an unfinished order under another key: {world:#?}");
    }
    if event == Event::OrderChanged {
        let kept = paying || matches!(world.flow.phase(), Phase::Settled(_));
        assert_eq!(*next.flow.phase() != Phase::Idle, kept, "{world:#?}");
    }
    next.flow = next.flow.normalized();
    next
}

/// A running payment keeps the way it began with, whatever is pressed meanwhile; nobody who goes to the hosted page
/// gets a popup.
fn shows_where_it_was_wanted(world: &World, event: &Event, frame: Frame) {
    let trigger = match (world.flow.phase(), event) {
        (Phase::Opening { .. }, Event::EmbedTooSmall { .. }) => Mode::OnPage(Frame::Popup),
        (Phase::Opening { frame, .. }, _) => Mode::OnPage(*frame),
        (Phase::Preparing(Preparing { trigger: Trigger::Click, mode, .. }), _) => *mode,
        (_, Event::PayPressed { mode }) => *mode,
        other => panic!("{other:?} opened a {frame:?}"),
    };
    let hosted = world.flow.phase().checkout().and_then(|checkout| checkout.redirect_url.as_ref());
    match trigger {
        Mode::OnPage(trigger) => assert_eq!(trigger, frame, "{world:#?} {event:?}"),
        // The merchant named no hosted page.
        Mode::Redirect => assert!(frame == Frame::Popup && hosted.is_none(), "{world:#?} {event:?}"),
    }
}

fn waits_for(phase: &Phase) -> Option<RequestId> {
    match phase {
        Phase::Preparing(Preparing { request_id, .. })
        | Phase::Opening { request_id, .. }
        | Phase::Open { request_id, .. }
        | Phase::Confirming { polling: Polling::Running { request_id, .. }, .. }
        | Phase::Pending { polling: Polling::Running { request_id, .. }, .. } => Some(*request_id),
        _ => None,
    }
}

fn possible(world: &World) -> Vec<Event> {
    let owed = |event: &Event| match event {
        Event::ScriptLoaded { .. } | Event::ScriptFailed { .. } => world.owed.contains(&Owed::Script),
        Event::TokenReceived { .. } | Event::TokenFailed { .. } => world.owed.contains(&Owed::Token),
        Event::PopupOpened { .. } | Event::PopupFailed { .. } => world.owed.contains(&Owed::Popup),
        Event::StatusReceived { .. } | Event::StatusFailed { .. } | Event::StatusMissing { .. } => {
            world.owed.contains(&Owed::Status)
        }
        Event::TimerFired { .. } => world.owed.contains(&Owed::Timer),
        Event::EmbedTooSmall { .. } => {
            let embeds = matches!(world.flow.phase(), Phase::Opening { frame: Frame::Embed, .. });
            embeds && world.owed.contains(&Owed::Popup)
        }
        _ => world.owed.contains(&Owed::Callback),
    };
    let streamed = if world.streams > 0 { streamed(STREAM) } else { vec![] };
    [people(), answers(NOW).into_iter().filter(owed).collect(), streamed].concat()
}

/// Answers to what is no longer asked, and messages of a stream that is no more.
fn stale(world: &World) -> Vec<Event> {
    let of_the_stream = if world.streams > 0 { vec![] } else { streamed(STREAM) };
    [answers(STALE), streamed(STALE), streamed(NOW), of_the_stream].concat()
}
