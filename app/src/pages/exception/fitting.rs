//! What usually ends an exception of this kind, offered first: the deed itself and not a word about it.

use crate::{
    components::{erased::Erase, words::in_textarea},
    model::{
        ExceptionDetail, ExceptionKind, ExceptionState, Handled, QuarantineItem, QuarantineState, ShipmentAction, UnknownCarrier,
        UnmappedCode,
    },
    pages::acts::{Forms, documents},
    paths,
};
use leptos::prelude::*;

/// What fits, the likeliest first.
fn fitting(kind: ExceptionKind) -> &'static [ShipmentAction] {
    use ExceptionKind as K;
    use ShipmentAction as A;
    match kind {
        K::PodMissing => &[A::AttachPod],
        K::PodIncomplete | K::DocumentUnreadable => &[A::ValidatePod, A::RejectPod, A::AttachPod],
        K::AccessorialUnusual | K::CarrierInvoiceMismatch | K::ApprovalDelayed => &[A::ApproveCharges],
        K::ChargesIncomplete | K::LatePastPromise | K::SourceConflict => &[A::Correct],
        _ => &[],
    }
}

/// Whether the shipment's papers belong beside it.
fn shows_papers(kind: ExceptionKind) -> bool {
    matches!(kind, ExceptionKind::PodMissing | ExceptionKind::PodIncomplete | ExceptionKind::DocumentUnreadable)
}

/// What the reader can do about it here; nothing if that is nothing.
pub(super) fn section(detail: &ExceptionDetail, handled: Option<&Handled>, back: &str) -> Option<AnyView> {
    let kind = detail.row.kind;
    if !matches!(detail.row.state, ExceptionState::Open | ExceptionState::Claimed) {
        return None;
    }
    let forms: Vec<_> = handled.map(|handled| on_shipment(kind, handled, back)).unwrap_or_default();
    if let Some(unmapped) = &detail.unmapped {
        return Some(map(&detail.row.id, unmapped, back));
    }
    if let Some(unknown) = &detail.unknown_carrier {
        return Some(name(&detail.row.id, unknown, back));
    }
    let why = match kind {
        ExceptionKind::ChargesIncomplete => Some("Without a contract it is held. Contracts stand under "),
        ExceptionKind::UnknownCode => Some("Codes and carriers are mapped under "),
        _ => None,
    };
    let configuration = why.map(|why| view! { <p>{why} <a href=paths::CONFIGURATION>"Configuration"</a> "."</p> });
    if forms.is_empty() && configuration.is_none() {
        return None;
    }
    let papers = handled.filter(|_| shows_papers(kind)).map(documents);
    let view = view! {
        <section aria-labelledby="fitting">
            <h2 id="fitting">"What ends it"</h2>
            {papers}
            {configuration}
            {forms}
        </section>
    };
    Some(view.erased())
}

/// The first form open, the others behind a line.
fn on_shipment(kind: ExceptionKind, handled: &Handled, back: &str) -> Vec<AnyView> {
    let forms = Forms { handled, back };
    let found = fitting(kind).iter().filter_map(|action| forms.of(*action).map(|form| (*action, form)));
    let shown = |(place, (action, form)): (usize, (ShipmentAction, AnyView))| {
        if place == 0 {
            return form;
        }
        view! { <details class="more"><summary>{Forms::title(action)}</summary>{form}</details> }.erased()
    };
    found.enumerate().map(shown).collect()
}

/// The item that could not be taken in, with the way to mend it here. What was typed and not taken is still there.
pub(super) fn item(item: &QuarantineItem, back: &str, typed: Option<&str>) -> AnyView {
    let row = &item.row;
    let open = row.state == QuarantineState::Open;
    let forms = (open && item.may_fix).then(|| mend(item, back, typed));
    view! {
        <section aria-labelledby="fitting">
            <h2 id="fitting">"What ends it"</h2>
            <p>
                <a href=paths::quarantine_item(&row.id)>"The item as it came"</a> " is refused: " {row.reason.clone()}
                {(!open).then_some(" It is settled.")}
            </p>
            {forms}
        </section>
    }
    .erased()
}

fn mend(item: &QuarantineItem, back: &str, typed: Option<&str>) -> AnyView {
    let body = typed.map(str::to_owned).or_else(|| item.fixed.clone()).unwrap_or_else(|| item.raw.clone());
    let seen = || {
        view! {
            <input type="hidden" name="version" value=item.version.to_string()/>
            <input type="hidden" name="back" value=back.to_owned()/>
        }
    };
    view! {
        <form class="stack" action=paths::quarantine_fix(&item.row.id) method="post">
            {seen()}
            <label class="field">
                <span>"Event as it should have been"</span>
                <textarea name="body" rows="10" spellcheck="false" required class="raw" inner_html=in_textarea(&body)></textarea>
            </label>
            <label class="field">
                <span>"Why (stands in the audit trail)"</span>
                <input type="text" name="reason" required maxlength="500" autocomplete="off"/>
            </label>
            <p class="aside">
                "Stores this text beside the original and offers it to the intake once. What was taken in cannot be taken back here; its source can retract it."
            </p>
            <button type="submit" class="primary">"Fix and replay"</button>
        </form>
        <form class="stack" action=paths::quarantine_replay(&item.row.id) method="post">
            {seen()}
            <p class="aside">"Offers the last text again: right when the reason has gone away, such as a code that is mapped by now. Cannot be taken back."</p>
            <span><button type="submit" data-key="r">"Replay as it is"</button></span>
        </form>
    }
    .erased()
}

/// Says what the source means by its word.
fn map(exception: &str, unmapped: &UnmappedCode, back: &str) -> AnyView {
    let asked = format!("What {} means by “{}”", unmapped.source, unmapped.code);
    choose(exception, asked, &unmapped.meanings, "of which the source said so", back)
}

/// Says which carrier is meant.
fn name(exception: &str, UnknownCarrier { name, carriers }: &UnknownCarrier, back: &str) -> AnyView {
    let own = (name.clone(), format!("{name}: a carrier of its own"));
    let all: Vec<_> = carriers.iter().cloned().chain([own]).collect();
    choose(exception, format!("Which carrier “{name}” is"), &all, "that it moves", back)
}

/// A form that chooses what an unknown word is.
fn choose(exception: &str, asked: String, meanings: &[(String, String)], which: &'static str, back: &str) -> AnyView {
    let meanings: Vec<_> =
        meanings.iter().map(|(code, words)| view! { <option value=code.clone()>{words.clone()}</option> }).collect();
    view! {
        <section aria-labelledby="fitting">
            <h2 id="fitting">"What ends it"</h2>
            <form class="stack" action=paths::exception_map(exception) method="post">
                <input type="hidden" name="back" value=back.to_owned()/>
                <label class="field">
                    <span>{asked}</span>
                    <select name="meaning" required>{meanings}</select>
                </label>
                <label class="field">
                    <span>"Why (stands in the audit trail)"</span>
                    <input type="text" name="reason" required maxlength="500" autocomplete="off"/>
                </label>
                <p class="aside">
                    "Puts a new version of the configuration in force: every shipment "
                    {which}
                    " is worked out anew within minutes. No undo here; the former version can be put in force again under "
                    <a href=paths::CONFIGURATION>"Configuration"</a> "."
                </p>
                <span><button type="submit" class="primary">"Map it"</button></span>
            </form>
        </section>
    }
    .erased()
}
