//! Picked rows: one action on exactly those that were seen, as they were seen. A plain form; the boxes in the table belong to
//! it by its id. And all that match: a job, which is seen and counted before it is started.

use crate::{
    components::{
        erased::Erase,
        exception::{hours, title},
        words::counted,
    },
    model::{ExceptionAction, ExceptionFilter, ExceptionRow, ExceptionState, Exceptions},
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

/// What can be done with all that match the filter, however many they are.
pub(super) fn all_that_match(page: &Exceptions, filter: &ExceptionFilter, may_waive: bool) -> AnyView {
    let state = filter.state.as_deref().and_then(ExceptionState::from_code);
    if page.total == 0 || state == Some(ExceptionState::Verified) {
        return ().erased();
    }
    let live = state != Some(ExceptionState::Waived);
    let button = |action: ExceptionAction, label: &'static str, alone: bool| {
        view! { <button type="submit" name="action" value=action.code() formnovalidate=alone>{label}</button> }
    };
    let reopens = state != Some(ExceptionState::Open) && (live || may_waive);
    view! {
        <details class="more">
            <summary>{format!("Work on all {} that match", counted(page.total, "exception", "exceptions"))}</summary>
            <form class="stack" action=paths::BULK_PREPARE method="post">
                <input type="hidden" name="list" value=paths::exceptions_query(filter)/>
                <input type="hidden" name="assignee" value="me"/>
                // Enter presses the form's first button: it asks for the note, and never does what nobody has chosen.
                <button type="submit" name="action" value=ExceptionAction::Claim.code() hidden>"Say it is solved"</button>
                <label class="field">
                    <span>"How they were solved, or why"</span>
                    <input type="text" name="note" required maxlength="500" autocomplete="off"/>
                </label>
                {live.then(hours)}
                <div class="acts">
                    {live.then(|| button(ExceptionAction::Assign, "Assign to me …", true))}
                    {live.then(|| button(ExceptionAction::Snooze, "Snooze …", true))}
                    {live.then(|| button(ExceptionAction::Claim, "Say they are solved …", false))}
                    {button(ExceptionAction::Comment, "Comment …", false)}
                    {reopens.then(|| button(ExceptionAction::Reopen, "Reopen …", true))}
                    {(live && may_waive).then(|| button(ExceptionAction::Waive, "Waive …", false))}
                </div>
                <p class="aside">
                    "Nothing is done yet: the next page shows how many they are, the money that waits and whether it can be undone, and starts it. "
                    <a href=paths::BULK>"Jobs so far"</a>
                </p>
            </form>
        </details>
    }
    .erased()
}

/// Why a job was not prepared.
pub(super) fn refused(field: Option<&str>) -> AnyView {
    let told = match field {
        None => return ().erased(),
        Some("note") => "Nothing was prepared: write how they were solved, or why, and press again.",
        Some("on") => "Nothing was prepared: nothing matches any more.",
        Some(_) => "Nothing was prepared: what was filled in does not fit.",
    };
    view! { <div role="status"><p class="flash bad">{told}</p></div> }.erased()
}
