//! Fix, replay, discard: each says beforehand what it will touch.

use super::Acts;
use crate::components::{erased::Erase, words::in_textarea};
use crate::{
    error::AppError,
    model::{QuarantineItem, QuarantineState},
};
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};

/// The forms, or why there are none.
pub(super) fn actions(item: &QuarantineItem, acts: Acts) -> AnyView {
    let body = match (item.row.state, item.may_fix) {
        (QuarantineState::Resolved, _) => resolved(item),
        (QuarantineState::Discarded, _) => {
            view! { <p class="note">"Discarded: no shipment was changed. The bytes and the history stay to be read."</p> }
                .erased()
        }
        (QuarantineState::Open, false) => {
            view! { <p class="note">"Your role may look, not fix. Integration and administrators can."</p> }.erased()
        }
        (QuarantineState::Open, true) => forms(item, acts),
    };
    view! { <section aria-labelledby="fix"><h2 id="fix">"Fix and replay"</h2>{body}</section> }.erased()
}

fn resolved(item: &QuarantineItem) -> AnyView {
    let fixed = item.fixed.clone().map(|fixed| {
        view! {
            <div class="scroll" role="region" aria-label="Body as it was fixed" tabindex="0"><pre class="raw"><code>{fixed}</code></pre></div>
        }
    });
    view! { <p class="note">"Resolved: the event is in the store. Nothing is left to do here."</p> {fixed} }.erased()
}

fn forms(item: &QuarantineItem, acts: Acts) -> AnyView {
    let body = item.fixed.clone().unwrap_or_else(|| item.raw.clone());
    let [for_fix, for_replay, for_discard] = [0; 3].map(|_| seen(item));
    let fix = acts.fix;
    let wrong = move |name: &'static str| fix.value().with(|value| problem_of(value, name));
    view! {
        <ActionForm action=fix attr:class="stack">
            {for_fix}
            {move || fix.value().with(|value| general(value, &["body", "reason"]))}
            <label class="field">
                <span>"Event as it should have been"</span>
                <textarea name="body" rows="16" spellcheck="false" required class="raw"
                    aria-invalid=move || wrong("body").map(|_| "true") aria-describedby="body-problem" inner_html=in_textarea(&body)></textarea>
            </label>
            <p class="problem" id="body-problem">{move || wrong("body")}</p>
            <label class="field">
                <span>"Why (stands in the audit trail)"</span>
                <input name="reason" type="text" required maxlength="500" autocomplete="off"
                    aria-invalid=move || wrong("reason").map(|_| "true") aria-describedby="reason-problem"/>
            </label>
            <p class="problem" id="reason-problem">{move || wrong("reason")}</p>
            <p class="aside">"Stores this text as a revision beside the original and offers it to the intake once. The bytes that came stay as they are. What was taken in cannot be taken back here; its source can retract it."</p>
            <button type="submit" class="primary" disabled=move || fix.pending().get()>"Fix and replay"</button>
        </ActionForm>
        <details class="more" open=move || failed(acts.replay)>
            <summary>"Replay as it is"</summary>
            <ActionForm action=acts.replay attr:class="stack">
                {for_replay}
                {move || acts.replay.value().with(|value| general(value, &[]))}
                <p class="aside">"Offers the last text to the intake again: right when the reason has gone away, such as a source that was unknown. Cannot be taken back."</p>
                <button type="submit" disabled=move || acts.replay.pending().get()>"Replay"</button>
            </ActionForm>
        </details>
        <details class="more" open=move || failed(acts.discard)>
            <summary>"Discard"</summary>
            <ActionForm action=acts.discard attr:class="stack">
                {for_discard}
                {move || acts.discard.value().with(|value| general(value, &[]))}
                <label class="field">
                    <span>"Why (stands in the audit trail)"</span>
                    <input name="reason" type="text" required maxlength="500" autocomplete="off"/>
                </label>
                <p class="aside">"Takes it off the list for good; this cannot be taken back. No shipment changes, and the bytes stay to be read."</p>
                <button type="submit" disabled=move || acts.discard.pending().get()>"Discard"</button>
            </ActionForm>
        </details>
    }
    .erased()
}

/// What went wrong must not hide in a closed drawer.
fn failed<S>(action: ServerAction<S>) -> bool
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    action.value().with(|value| matches!(value, Some(Err(_))))
}

/// Which item, and in which state the person saw it.
fn seen(item: &QuarantineItem) -> AnyView {
    view! {
        <input type="hidden" name="id" value=item.row.id.clone()/>
        <input type="hidden" name="version" value=item.version.to_string()/>
    }
    .erased()
}

/// What is wrong with one field.
fn problem_of<T>(value: &Option<Result<T, AppError>>, name: &str) -> Option<String> {
    match value {
        Some(Err(AppError::Invalid { field, message })) if field == name => Some(message.clone()),
        _ => None,
    }
}

/// What is wrong with the whole, unless one of the form's fields says it.
fn general<T>(value: &Option<Result<T, AppError>>, fields: &[&str]) -> Option<AnyView> {
    match value {
        Some(Err(AppError::Invalid { field, .. })) if fields.contains(&field.as_str()) => None,
        Some(Err(error)) => {
            let stale = matches!(error, AppError::Conflict { .. });
            let again = stale.then(|| view! { " " <a rel="external" href="?">"Load the item as it is now"</a> });
            Some(view! { <p class="flash bad" role="alert">{error.to_string()} {again}</p> }.erased())
        }
        _ => None,
    }
}
