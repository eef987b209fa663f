use crate::{
    api,
    components::{
        erased::{Erase, awaited},
        states,
    },
    error::AppError,
    model::RawEvent,
    paths,
    read::Read,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// One event as it came in.
pub(crate) fn raw_event() -> AnyView {
    let params = use_params_map();
    let address = Memo::new(move |_| {
        params.with(|params| (params.get("id").unwrap_or_default(), params.get_str("seq").and_then(|seq| seq.parse().ok())))
    });
    let event = Read::new(
        move || format!("{:?}", address.get().1),
        move || {
            let seq: Option<i64> = address.get_untracked().1;
            async move {
                match seq {
                    Some(seq) => api::read_raw_event(seq).await,
                    None => Err(AppError::NotFound),
                }
            }
        },
    );
    view! {
        <Title text="Event as it came in"/>
        {awaited(states::loading, move || {
            let shipment = address.get().0;
            Box::pin(async move {
                match event.get().await {
                    Ok(event) => whole(event, &shipment),
                    Err(error) => states::failed(error),
                }
            })
        })}
    }
    .erased()
}

fn whole(event: RawEvent, shipment: &str) -> AnyView {
    view! {
        <nav class="trail" aria-label="Trail">
            <a href=paths::SHIPMENTS>"Shipments"</a> " / " <a href=paths::shipment(shipment)>"Shipment"</a>
        </nav>
        <div class="head"><h1>"Event as it came in"</h1></div>
        <dl class="pairs wide">
            <div><dt>"Type"</dt><dd class="code">{event.event_type}</dd></div>
            <div><dt>"Source"</dt><dd class="code">{event.source}</dd></div>
            <div><dt>"Id"</dt><dd class="code">{event.id}</dd></div>
            <div><dt>"Sequence"</dt><dd class="code">{event.seq}</dd></div>
            <div><dt>"Hash of the canonical body"</dt><dd class="code">{event.body_hash}</dd></div>
            {event.kept.map(|kept| view! { <div><dt>"Kept"</dt><dd>{kept}</dd></div> })}
        </dl>
        <div class="scroll" role="region" aria-label="Event as JSON" tabindex="0"><pre class="raw"><code>{event.json}</code></pre></div>
    }
    .erased()
}
