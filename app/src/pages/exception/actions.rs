//! What a person can do with an exception: each form says beforehand what it does and whether it can be taken back.

use crate::{
    components::{erased::Erase, exception::hours},
    model::{ExceptionAction, ExceptionDetail, ExceptionState},
    paths,
};
use leptos::prelude::*;

/// The forms that the viewer may use now, or why there are none; they lead back here.
pub(super) fn actions(detail: &ExceptionDetail, here: &str) -> AnyView {
    let may = |action| detail.may.contains(&action);
    let told = match detail.row.state {
        ExceptionState::Verified => Some("Solved: its effect was seen. Nothing is left to do here."),
        ExceptionState::Waived => Some("Accepted as it is, with a reason. It no longer counts as open."),
        ExceptionState::Claimed => Some("Said to be solved, and its effect is not seen yet. It counts as open until then."),
        ExceptionState::Open if detail.may.is_empty() => Some("Your role may look, not act."),
        ExceptionState::Open => None,
    };
    view! {
        <section aria-labelledby="act">
            <h2 id="act">"Act on it"</h2>
            {told.map(|text| view! { <p class="note">{text}</p> })}
            {detail.undo.as_ref().map(|what| undo((detail, here), what))}
            {may(ExceptionAction::Claim).then(|| claim(detail, here))}
            {may(ExceptionAction::Assign).then(|| assign(detail, here))}
            {may(ExceptionAction::Snooze).then(|| snooze(detail, here))}
            {may(ExceptionAction::Comment).then(|| comment(detail, here))}
            {may(ExceptionAction::Reopen).then(|| reopen(detail, here))}
            {may(ExceptionAction::Waive).then(|| waive(detail, here))}
        </section>
    }
    .erased()
}

/// A form for one action on what was seen.
fn form((detail, here): (&ExceptionDetail, &str), action: ExceptionAction, fields: AnyView) -> AnyView {
    let row = &detail.row;
    view! {
        <form class="stack" action=paths::EXCEPTIONS_ACT method="post">
            <input type="hidden" name="action" value=action.code()/>
            <input type="hidden" name="on" value=format!("{}:{}", row.id, row.version)/>
            <input type="hidden" name="back" value=here.to_owned()/>
            {fields}
        </form>
    }
    .erased()
}

/// What was done last, and the way back.
fn undo((detail, here): (&ExceptionDetail, &str), what: &str) -> AnyView {
    let row = &detail.row;
    view! {
        <form class="joined" action=paths::EXCEPTIONS_UNDO method="post">
            <input type="hidden" name="on" value=format!("{}:{}", row.id, row.version)/>
            <input type="hidden" name="back" value=here.to_owned()/>
            <p>"Last: " {what.to_owned()} "."</p>
            <button type="submit">"Undo that"</button>
        </form>
    }
    .erased()
}

/// A form behind a line that opens it.
fn drawer(title: &'static str, form: AnyView) -> AnyView {
    view! { <details class="more"><summary>{title}</summary>{form}</details> }.erased()
}

fn note(label: &'static str) -> AnyView {
    view! {
        <label class="field">
            <span>{label}</span>
            <input type="text" name="note" required maxlength="500" autocomplete="off"/>
        </label>
    }
    .erased()
}

fn claim(detail: &ExceptionDetail, here: &str) -> AnyView {
    let fields = view! {
        {note("How it was solved")}
        <p class="aside">"Says so in the history and waits for the effect; it stays open until that is seen. Can be taken back."</p>
        <button type="submit" class="primary" data-key="e">"Say it is solved"</button>
    };
    form((detail, here), ExceptionAction::Claim, fields.erased())
}

fn assign(detail: &ExceptionDetail, here: &str) -> AnyView {
    let to = |name: &'static str, label: &'static str, key: Option<&'static str>| {
        let fields = view! {
            <input type="hidden" name="assignee" value=name/>
            <button type="submit" data-key=key>{label}</button>
        };
        form((detail, here), ExceptionAction::Assign, fields.erased())
    };
    let other = view! {
        <label class="field">
            <span>"Sign-in name"</span>
            <input type="text" name="assignee" required maxlength="100" autocomplete="off" autocapitalize="none" spellcheck="false"/>
        </label>
        <button type="submit">"Give it to them"</button>
    };
    view! {
        <div class="acts">
            {to("me", "Assign to me", Some("a"))}
            {detail.row.assignee.is_some().then(|| to("", "Assign to nobody", None))}
        </div>
        {drawer("Give it to somebody else", form((detail, here), ExceptionAction::Assign, other.erased()))}
        <p class="aside">"Whoever has it is named in the queue. Can be taken back by assigning it anew."</p>
    }
    .erased()
}

fn snooze(detail: &ExceptionDetail, here: &str) -> AnyView {
    let fields = view! {
        <span class="joined">{hours()} <button type="submit" data-key="s">"Snooze"</button></span>
        <p class="aside">"Hides it from the queue until then. Its age and its due time go on, and it comes back by itself; another snooze replaces this one."</p>
    };
    form((detail, here), ExceptionAction::Snooze, fields.erased())
}

fn comment(detail: &ExceptionDetail, here: &str) -> AnyView {
    let fields = view! {
        {note("Comment")}
        <p class="aside">"Stays in the history; cannot be taken back."</p>
        <button type="submit">"Comment"</button>
    };
    drawer("Comment", form((detail, here), ExceptionAction::Comment, fields.erased()))
}

fn reopen(detail: &ExceptionDetail, here: &str) -> AnyView {
    let fields = view! {
        {note("Why")}
        <p class="aside">"Puts it back as open, on the age that it had. Can be taken back by saying again that it is solved."</p>
        <button type="submit">"Reopen"</button>
    };
    drawer("Reopen", form((detail, here), ExceptionAction::Reopen, fields.erased()))
}

fn waive(detail: &ExceptionDetail, here: &str) -> AnyView {
    let fields = view! {
        {note("Why (stands in the audit trail)")}
        <p class="aside">
            "Accepts it as it is: it leaves the queue, and what it holds is held by it no longer. Reopening takes that back, but not an invoice that went out meanwhile."
        </p>
        <button type="submit">"Waive"</button>
    };
    drawer("Waive", form((detail, here), ExceptionAction::Waive, fields.erased()))
}
