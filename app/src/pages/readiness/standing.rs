//! Where the shipment stands in each of its lifecycles, and the charges that were rated for it.

use crate::{
    components::{erased::Erase, table, words},
    model::{LifecyclePlace, RatedCharge, Readiness},
    paths,
};
use leptos::prelude::*;

/// Both, side by side where there is room.
pub(super) fn standing(readiness: &Readiness, shipment: &str) -> AnyView {
    view! {
        <div class="columns">
            {charges(readiness, &paths::readiness(shipment))}
            {lifecycles(&readiness.lifecycles)}
        </div>
    }
    .erased()
}

fn lifecycles(places: &[LifecyclePlace]) -> AnyView {
    let place = |place: &LifecyclePlace| view! { <div><dt>{place.title.clone()}</dt><dd>{place.label.clone()}</dd></div> };
    let rows: Vec<_> = places.iter().map(place).collect();
    view! {
        <section aria-labelledby="lifecycles">
            <h2 id="lifecycles">"Where it stands"</h2>
            <dl class="pairs">{rows}</dl>
        </section>
    }
    .erased()
}

fn charges(readiness: &Readiness, page: &str) -> AnyView {
    let charges = &readiness.charges;
    let body = if let Some(file) = &readiness.charges_away {
        let words = format!("The rated charges are in the archive {file}, which is missing or damaged: they cannot be shown.");
        view! { <p role="alert">{words}</p> }.erased()
    } else if charges.is_empty() {
        view! { <p class="aside">"No charges rated line by line."</p> }.erased()
    } else {
        let row = |charge: &RatedCharge| {
            let description = Some(charge.description.clone()).filter(|text| !text.is_empty());
            view! {
                <tr>
                    <th scope="row"><code>{charge.code.clone()}</code></th>
                    <td>{description.map_or_else(|| words::nothing("not described"), Erase::erased)}</td>
                    <td class="number">{words::money_or(&Some(charge.amount.clone()), "")}</td>
                </tr>
            }
        };
        let rows: Vec<_> = charges.iter().map(row).collect();
        let table = view! {
            <table>
                <thead>
                    <tr><th scope="col">"Charge"</th><th scope="col">"For"</th><th scope="col" class="number">"Amount"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        };
        table::saved("Rated charges", page, table.erased())
    };
    view! {
        <section aria-labelledby="charges">
            <h2 id="charges">"Charges"</h2>
            {body}
        </section>
    }
    .erased()
}
