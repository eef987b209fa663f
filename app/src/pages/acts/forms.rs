//! Forms that say something of a shipment. Each says beforehand what it does and whether it can be taken back.

use crate::{
    components::erased::Erase,
    model::{FieldRow, Handled, ShipmentAction},
    paths,
};
use leptos::prelude::*;

/// Why a proof of delivery is rejected: (code, words). Other codes may be sent by the API.
pub(crate) const REASONS: [(&str, &str); 7] = [
    ("signature_missing", "Not signed"),
    ("illegible", "Cannot be read"),
    ("wrong_document", "Another shipment's, or no POD"),
    ("page_missing", "A page is missing"),
    ("quantity_differs", "Quantities differ"),
    ("damage_noted", "Damage is noted on it"),
    ("other", "Something else"),
];

/// What a POD may lack: (code, words).
const LACKS: [(&str, &str); 4] = [("signature", "signature"), ("date", "date"), ("stamp", "stamp"), ("page", "a page")];

/// The forms of one shipment, on a page that they lead back to.
#[derive(Clone, Copy)]
pub(crate) struct Forms<'a> {
    /// The shipment.
    pub(crate) handled: &'a Handled,
    /// The page.
    pub(crate) back: &'a str,
}

impl Forms<'_> {
    /// The form of an action, if the reader may do that now.
    pub(crate) fn of(self, action: ShipmentAction) -> Option<AnyView> {
        let form = match action {
            ShipmentAction::AttachPod => Self::attach,
            ShipmentAction::ValidatePod => Self::validate,
            ShipmentAction::RejectPod => Self::reject,
            ShipmentAction::ApproveCharges => Self::approve,
            ShipmentAction::Correct => Self::correct,
        };
        self.handled.may.contains(&action).then(|| form(self))
    }

    /// What an action is called.
    pub(crate) fn title(action: ShipmentAction) -> &'static str {
        match action {
            ShipmentAction::AttachPod => "Attach a proof of delivery",
            ShipmentAction::ValidatePod => "Validate the proof of delivery",
            ShipmentAction::RejectPod => "Reject the proof of delivery",
            ShipmentAction::ApproveCharges => "Approve the freight charge",
            ShipmentAction::Correct => "Correct a field",
        }
    }

    /// All that the reader may do, each behind a line that opens it.
    pub(crate) fn all(self) -> AnyView {
        let drawer = |action: &ShipmentAction| {
            let form = self.of(*action)?;
            Some(view! { <details class="more"><summary>{Self::title(*action)}</summary>{form}</details> })
        };
        let drawers: Vec<_> = self.handled.may.iter().filter_map(drawer).collect();
        drawers.erased()
    }

    fn hidden(self) -> AnyView {
        view! { <input type="hidden" name="back" value=self.back.to_owned()/> }.erased()
    }

    fn form(self, action: &'static str, fields: AnyView) -> AnyView {
        view! {
            <form class="stack" action=paths::shipment_acts(&self.handled.id) method="post">
                <input type="hidden" name="action" value=action/>
                {self.hidden()}
                {fields}
            </form>
        }
        .erased()
    }

    fn attach(self) -> AnyView {
        let lacks: Vec<_> = LACKS
            .into_iter()
            .map(|(code, words)| view! { <label class="check"><input type="checkbox" name="lacks" value=code/> " " {words}</label> })
            .collect();
        view! {
            <form class="stack" action=paths::documents(&self.handled.id) method="post" enctype="multipart/form-data">
                {self.hidden()}
                <label class="field">
                    <span>"Proof of delivery (PDF, PNG, JPEG or TIFF, up to 10 MiB)"</span>
                    <input type="file" name="file" required accept=".pdf,.png,.jpg,.jpeg,.tif,.tiff,application/pdf,image/png,image/jpeg,image/tiff"/>
                </label>
                {signed_by()}
                <fieldset class="checks"><legend>"It lacks"</legend>{lacks}</fieldset>
                {note("Note", false)}
                <p class="aside">"Keeps the document and counts as “POD received” at once. Can be taken back; the document is then no longer served."</p>
                <button type="submit" class="primary">"Attach it"</button>
            </form>
        }
        .erased()
    }

    fn validate(self) -> AnyView {
        let fields = view! {
            {seen(&self.handled.seen.proof)}
            {signed_by()}
            {note("Note", false)}
            <p class="aside">"Says that somebody looked at the latest POD and that it is good. Counts as signed. Can be taken back."</p>
            <button type="submit" class="primary">"Validate it"</button>
        };
        self.form("validate_pod", fields.erased())
    }

    fn reject(self) -> AnyView {
        let reasons: Vec<_> = REASONS.into_iter().map(|(code, words)| view! { <option value=code>{words}</option> }).collect();
        let fields = view! {
            {seen(&self.handled.seen.proof)}
            <label class="field"><span>"Why"</span><select name="reason" required>{reasons}</select></label>
            {note("Note for the carrier", false)}
            <p class="aside">"Holds billing where the contract asks for a POD, until a good one comes. Can be taken back."</p>
            <button type="submit">"Reject it"</button>
        };
        self.form("reject_pod", fields.erased())
    }

    fn approve(self) -> AnyView {
        let (amount, currency) = match &self.handled.to_approve {
            Some(money) => (money.amount.clone(), money.currency.clone()),
            None => Default::default(),
        };
        let fields = view! {
            {seen(&self.handled.seen.charges)}
            <span class="joined">
                <label class="field">
                    <span>"Freight charge to approve"</span>
                    <input type="text" name="amount" required inputmode="decimal" maxlength="20" autocomplete="off" value=amount/>
                </label>
                <label class="field">
                    <span>"Currency"</span>
                    <input type="text" name="currency" required size="4" minlength="3" maxlength="3" autocomplete="off" value=currency/>
                </label>
            </span>
            {note("Note", false)}
            <p class="aside">"It becomes the shipment's freight cost, and what waits for approval is released. Can be taken back, but not what was billed or paid meanwhile."</p>
            <button type="submit">"Approve it"</button>
        };
        self.form("approve_charges", fields.erased())
    }

    fn correct(self) -> AnyView {
        let option = |field: &FieldRow| {
            let now = field.value.as_deref().unwrap_or("not told");
            view! { <option value=field.code.clone()>{format!("{} (now: {now})", field.label)}</option> }
        };
        let options: Vec<_> = self.handled.fields.iter().map(option).collect();
        // The mark of the field that is chosen counts.
        let mark = |field: &FieldRow| {
            view! { <input type="hidden" name=format!("seen_{}", field.code) value=field.seen.clone()/> }
        };
        let marks: Vec<_> = self.handled.fields.iter().map(mark).collect();
        let fields = view! {
            {marks}
            <label class="field"><span>"Field"</span><select name="field" required>{options}</select></label>
            <label class="field">
                <span>"What is right"</span>
                <input type="text" name="value" required maxlength="256" autocomplete="off"/>
            </label>
            {note("Why (stands in the audit trail)", true)}
            <p class="aside">
                "Times as 2026-03-01 14:05 in your zone, as 2026-03-01T14:05:00+02:00 with their offset, or a day as 2026-03-01; money as 1250.50 USD. Counts from now on, as every system's word does; a later word of theirs may replace it. Can be taken back."
            </p>
            <button type="submit">"Correct it"</button>
        };
        self.form("correct", fields.erased())
    }
}

/// What the person decides on.
fn seen(mark: &str) -> AnyView {
    view! { <input type="hidden" name="seen" value=mark.to_owned()/> }.erased()
}

fn note(label: &'static str, required: bool) -> AnyView {
    view! {
        <label class="field">
            <span>{label}</span>
            <input type="text" name="note" required=required maxlength="500" autocomplete="off"/>
        </label>
    }
    .erased()
}

fn signed_by() -> AnyView {
    view! {
        <label class="field">
            <span>"Signed by, where it can be read"</span>
            <input type="text" name="signed_by" maxlength="256" autocomplete="off"/>
        </label>
    }
    .erased()
}
