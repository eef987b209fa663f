use crate::{
    api::{self, DiscardQuarantine, FixQuarantine, ReplayQuarantine},
    components::{
        badge,
        erased::{Erase, awaited},
        flash::flash,
        states, words,
    },
    error::AppError,
    model::{Moment, QuarantineItem},
    paths,
    read::Read,
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

mod actions;

/// The three things that can be done here.
#[derive(Clone, Copy)]
struct Acts {
    fix: ServerAction<FixQuarantine>,
    replay: ServerAction<ReplayQuarantine>,
    discard: ServerAction<DiscardQuarantine>,
}

/// One item: what came, why it was refused, and what can be done about it. It does not follow the live stream, because a
/// form must act on what the person saw.
pub(crate) fn quarantine_item() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let acts = Acts { fix: ServerAction::new(), replay: ServerAction::new(), discard: ServerAction::new() };
    // A refusal of the form itself changes nothing, and must leave alone what is typed into it.
    let done = RwSignal::new(0_u32);
    after_success(acts.fix, done);
    after_success(acts.replay, done);
    after_success(acts.discard, done);
    let key = move || format!("{}#{}", id.get(), done.get());
    let item = Read::new(key, move || api::read_quarantine_item(id.get_untracked()));
    view! {
        <Title text="Quarantined item"/>
        <nav class="trail" aria-label="Trail"><a href=paths::QUARANTINE>"Quarantine"</a></nav>
        {flash()}
        {awaited(states::loading, move || Box::pin(async move {
            match item.get().await {
                Ok(item) => whole(item, acts),
                Err(error) => states::failed(error),
            }
        }))}
    }
    .erased()
}

/// Counts what went through.
fn after_success<S>(action: ServerAction<S>, done: RwSignal<u32>)
where
    S: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    S::Output: Send + Sync + 'static,
{
    let value = action.value();
    Effect::new(move |_| {
        if value.with(|value| matches!(value, Some(Ok(_)))) {
            done.update(|done| *done += 1);
        }
    });
}

fn whole(item: QuarantineItem, acts: Acts) -> AnyView {
    let row = &item.row;
    let shipment = item.shipment.clone().map(|(id, reference)| {
        view! { <div><dt>"Accepted into"</dt><dd><a href=paths::shipment(&id)>{reference}</a></dd></div> }
    });
    view! {
        <div class="head">
            <h1>{row.reason.clone()}</h1>
            <p class="badges">{badge::quarantine(row.state)} " " <span class="code">{row.code.clone()}</span></p>
        </div>
        <dl class="summary">
            <div><dt>"Where"</dt><dd class="code">{words::text_or(&row.place, "whole body")}</dd></div>
            <div><dt>"Received"</dt><dd>{words::moment(&row.received)}</dd></div>
            <div><dt>"Source"</dt><dd>{words::text_or(&row.source, "not readable")}</dd></div>
            <div><dt>"Event"</dt><dd>{words::text_or(&row.event_type, "not readable")}</dd></div>
            <div><dt>"Shipment named"</dt><dd>{words::text_or(&row.subject, "not readable")}</dd></div>
            {shipment}
        </dl>
        <div class="columns">
            <section aria-labelledby="raw">
                <h2 id="raw">"As it came"</h2>
                {item.lossy.then(|| view! { <p class="aside">"Not valid UTF-8: what could not be read is shown as �."</p> })}
                <div class="scroll" role="region" aria-label="Body as it came" tabindex="0"><pre class="raw"><code>{item.raw.clone()}</code></pre></div>
            </section>
            {actions::actions(&item, acts)}
        </div>
        {history(&item.history)}
    }
    .erased()
}

fn history(history: &[(Moment, String, String)]) -> AnyView {
    let items: Vec<_> = history
        .iter()
        .map(|(at, who, what)| view! { <li>{words::moment(at)} " " <strong>{who.clone()}</strong> " " {what.clone()}</li> })
        .collect();
    view! {
        <section aria-labelledby="history">
            <h2 id="history">"History"</h2>
            <ol class="history">{items}</ol>
        </section>
    }
    .erased()
}
