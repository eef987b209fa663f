//! Picked rows: one action on exactly those that were seen, as they were seen. A plain form; the boxes in the table belong to
//! it by its id.

use crate::{
    components::{
        erased::Erase,
        exception::{hours, title},
    },
    model::{ExceptionAction, ExceptionRow},
    paths,
};
use leptos::prelude::*;

const FORM: &str = "bulk";

/// The box in the head, which picks all rows of this page.
pub(super) fn all() -> AnyView {
    view! {
        <th scope="col" class="pick">
            <span class="unseen">"Select"</span>
            <input type="checkbox" class="needs-script" data-all="" aria-label="Select all on this page"/>
        </th>
    }
    .erased()
}

/// A row's box, with the version that is shown.
pub(super) fn pick(row: &ExceptionRow) -> AnyView {
    let shipment = row.shipment.as_ref().map(|(_, reference)| format!(", {reference}")).unwrap_or_default();
    let (amount, currency) = row.money.clone().map(|money| (money.amount, money.currency)).unzip();
    view! {
        <td class="pick">
            <input type="checkbox" form=FORM name="on" value=format!("{}:{}", row.id, row.version)
                data-pick="" data-amount=amount data-currency=currency
                aria-label=format!("Select {}{shipment}", title(row.kind, &row.detail))/>
        </td>
    }
    .erased()
}

/// What is picked, and what can be done with it.
pub(super) fn bar(back: String) -> AnyView {
    let action = |action: ExceptionAction| action.code();
    view! {
        <form id=FORM class="bulk" action=paths::EXCEPTIONS_ACT method="post" aria-label="Work on the selected exceptions">
            <input type="hidden" name="back" value=back/>
            <input type="hidden" name="assignee" value="me"/>
            // Enter presses the form's first button: it asks for the note, and never does what nobody has chosen.
            <button type="submit" name="action" value=action(ExceptionAction::Claim) hidden>"Say it is solved"</button>
            <p class="picked"><output data-picked="">"Nothing selected"</output></p>
            <button type="submit" name="action" value=action(ExceptionAction::Assign) formnovalidate data-key="a">"Assign to me"</button>
            <span class="joined">
                {hours()}
                <button type="submit" name="action" value=action(ExceptionAction::Snooze) formnovalidate data-key="s">"Snooze"</button>
            </span>
            <span class="joined grows">
                <label class="field"><span>"How it was solved"</span><input type="text" name="note" required maxlength="500" autocomplete="off"/></label>
                <button type="submit" name="action" value=action(ExceptionAction::Claim) data-key="e">"Say it is solved"</button>
            </span>
            <p class="aside">
                "Acts on the selected rows as they are shown here; one that has changed since is left alone. Each step can be taken back. Saying it is solved closes nothing: each stays until its effect is seen."
            </p>
        </form>
    }
    .erased()
}
