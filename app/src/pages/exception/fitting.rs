//! What usually ends an exception of this kind, offered first: the deed itself and not a word about it.

use crate::{
    components::erased::Erase,
    model::{ExceptionDetail, ExceptionKind, ExceptionState, Handled, ShipmentAction},
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
        K::ChargesIncomplete | K::LatePastPromise | K::ManualEntry => &[A::Correct],
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
    let configuration = (kind == ExceptionKind::ChargesIncomplete).then(|| {
        view! { <p>"Without a contract it is held: " <a href=paths::CONFIGURATION>"see the contracts"</a> "."</p> }
    });
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
