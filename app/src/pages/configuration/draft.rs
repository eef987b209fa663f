//! Changing a section: as text, looked at before it is put in force.

use crate::{
    components::{erased::Erase, words::in_textarea},
    model::{DraftAnswer, DraftOutcome, PolicySectionView},
    paths,
};
use leptos::prelude::*;

/// The section as text, for who may only read it.
pub(super) fn text(view: &PolicySectionView) -> AnyView {
    view! {
        <details class="more">
            <summary>"As text"</summary>
            <pre tabindex="0" role="region" aria-label="The section as TOML">{view.toml.clone()}</pre>
            <p class="aside">"A finance lead or an administrator who sees all regions and business units can put another one in force."</p>
        </details>
    }
    .erased()
}

/// The form: what it holds is looked at first, and put in force with a reason.
pub(super) fn form(view: &PolicySectionView, answer: Option<&DraftAnswer>) -> AnyView {
    let text = answer.map_or_else(|| view.toml.clone(), |answer| answer.draft.toml.clone());
    let reason = answer.map(|answer| answer.draft.reason.clone()).unwrap_or_default();
    let sound = answer.is_some_and(|answer| matches!(&answer.outcome, DraftOutcome::Sound(changes) if !changes.is_empty()));
    let retry = answer.is_some_and(|answer| answer.draft.put && matches!(answer.outcome, DraftOutcome::Wrong(_)));
    let lines = text.lines().count().clamp(6, 28).to_string();
    view! {
        <section aria-labelledby="change">
            <h2 id="change">"Change it"</h2>
            {answer.map(|answer| told(&answer.outcome))}
            <form class="stack wide" action=paths::configuration(&view.section.name) method="post">
                <input type="hidden" name="replaces" value=view.version.to_string()/>
                <label class="field">
                    <span>"The section as TOML"</span>
                    <textarea class="code" name="toml" rows=lines spellcheck="false" autocapitalize="off" autocomplete="off" inner_html=in_textarea(&text)></textarea>
                </label>
                <p class="aside">"Checking saves nothing. Leave the section empty to go back to what is built in."</p>
                <div class="acts"><button type="submit" name="do" value="check">"Check"</button></div>
                {(sound || retry).then(|| view! {
                    <label class="field">
                        <span>"Reason (stands in the history)"</span>
                        <input type="text" name="reason" maxlength="500" autocomplete="off" value=reason/>
                    </label>
                    <p class="aside">"Counts from now on, for all open shipments. To take it back, put the version before in force again."</p>
                    <div class="acts"><button type="submit" class="primary" name="do" value="put">"Put in force"</button></div>
                })}
            </form>
        </section>
    }
    .erased()
}

/// What a draft came to.
fn told(outcome: &DraftOutcome) -> AnyView {
    let list = |lines: &[String]| {
        let lines: Vec<_> = lines.iter().map(|line| view! { <li><code>{line.clone()}</code></li> }).collect();
        view! { <ul class="changes">{lines}</ul> }.erased()
    };
    match outcome {
        DraftOutcome::Sound(changes) if changes.is_empty() => {
            view! { <p class="note" role="status">"It is sound, and says the same as what is in force."</p> }.erased()
        }
        DraftOutcome::Sound(changes) => view! {
            <div class="note" role="status"><p>"It is sound. Put in force, it would change:"</p>{list(changes)}</div>
        }
        .erased(),
        DraftOutcome::Wrong(problem) => view! {
            <div class="note bad" role="alert"><p>"It cannot be so. Nothing was saved."</p><pre>{problem.clone()}</pre></div>
        }
        .erased(),
        DraftOutcome::Overtaken(lines) => view! {
            <div class="note bad" role="alert">
                <p>"Somebody put another version in force meanwhile. Nothing was saved; your text is kept below. Compare, then check again:"</p>
                {list(lines)}
            </div>
        }
        .erased(),
        DraftOutcome::Put(version) => {
            view! { <p class="note" role="status">{format!("Version {version} is in force.")}</p> }.erased()
        }
    }
}
