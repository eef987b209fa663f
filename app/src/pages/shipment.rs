use crate::{
    api,
    app::WhoLooks,
    components::{
        badge,
        erased::{Erase, awaited, blank},
        freshness::as_of,
        states, words,
    },
    live::live,
    model::{Blank, Permission, ShipmentDetail},
    pages::readiness,
    paths,
    read::Read,
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

mod known;
mod timeline;

/// One shipment: what all systems say about it, and what none says.
pub(crate) fn shipment() -> AnyView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let version = live().shipments;
    let WhoLooks(viewer) = expect_context();
    let key = move || format!("{}#{}", id.get(), version.get());
    let detail = Read::new(key, move || api::read_shipment(id.get_untracked()));
    view! {
        {awaited(states::loading, move || {
            Box::pin(async move {
                match detail.get().await {
                    Ok(detail) => top(&detail),
                    Err(error) => view! { <Title text="Shipment"/> {states::failed(error)} }.erased(),
                }
            })
        })}
        <div class="beside">{readiness::beside()}</div>
        {awaited(blank, move || {
            Box::pin(async move {
                let Ok(detail) = detail.get().await else { return blank() };
                let raw = viewer.get().await.is_ok_and(|viewer| viewer.may(Permission::ReadRawEvents));
                rest(&detail, raw)
            })
        })}
    }
    .erased()
}

fn top(detail: &ShipmentDetail) -> AnyView {
    let row = &detail.row;
    view! {
        <Title text=row.reference.clone()/>
        <nav class="trail" aria-label="Trail"><a href=paths::SHIPMENTS>"Shipments"</a></nav>
        <div class="head">
            <h1>{row.reference.clone()}</h1>
            <p class="badges">
                {badge::stage(row.stage)}
                {badge::timeliness(row.timeliness, row.late_by.as_deref())}
                {row.history.then(|| badge::badge(badge::Tone::Plain, "Imported history"))}
            </p>
            {as_of(&detail.as_of)}
        </div>
        <dl class="summary">
            <div><dt>"Promised"</dt><dd>{words::moment_or(&row.promised, "none told")}</dd></div>
            <div><dt>"Dispatched"</dt><dd>{words::moment_or(&row.dispatched, "not told")}</dd></div>
            <div><dt>"Delivered"</dt><dd>{words::moment_or(&row.delivered, "not yet")}</dd></div>
            <div><dt>"Customer"</dt><dd>{words::text_or(&detail.customer, "not told")}</dd></div>
            <div><dt>"Carrier"</dt><dd>{words::text_or(&row.carrier, "not told")}</dd></div>
            <div><dt>"Mode"</dt><dd>{words::text_or(&row.mode, "not told")}</dd></div>
            <div><dt>"Region"</dt><dd>{words::text_or(&row.region, "not told")}</dd></div>
            <div><dt>"Business unit"</dt><dd>{words::text_or(&row.business_unit, "not told")}</dd></div>
            <div><dt>"Freight"</dt><dd>{words::money_or(&row.freight, "not told")}</dd></div>
        </dl>
    }
    .erased()
}

fn rest(detail: &ShipmentDetail, raw: bool) -> AnyView {
    view! {
        {blanks(&detail.blanks)}
        {timeline::timeline(detail, raw)}
        <div class="columns">
            {known::systems(&detail.row.id, &detail.systems)}
            {known::references(&detail.references, &detail.orders)}
        </div>
        {known::facts(&detail.row.id, &detail.facts)}
    }
    .erased()
}

fn blanks(blanks: &[Blank]) -> AnyView {
    if blanks.is_empty() {
        return ().erased();
    }
    let items: Vec<_> = blanks
        .iter()
        .map(|blank| view! { <li><strong>{blank.label.clone()}</strong> " " <span>{blank.note.clone()}</span></li> })
        .collect();
    view! {
        <section class="note" aria-labelledby="blanks">
            <h2 id="blanks">"Not told by any source"</h2>
            <ul>{items}</ul>
        </section>
    }
    .erased()
}
