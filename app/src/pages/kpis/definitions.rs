//! What the key figures mean: their contracts.

use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        save, states,
    },
    model::{KpiFilter, KpiMeaning},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// Reads the contracts and shows them.
pub(super) fn body(_: Address) -> Later {
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => here.ports.figures.meanings(&here.caller).await,
            Err(error) => Err(error),
        };
        match read {
            Ok(meanings) => whole(&meanings),
            Err(error) => view! { <div class="head"><h1>"Definitions"</h1></div> {states::failed_below(error)} }.erased(),
        }
    })
}

fn whole(meanings: &[KpiMeaning]) -> AnyView {
    let sections: Vec<_> = meanings
        .iter()
        .map(|of| {
            let title = format!("{} {}", of.id, of.name);
            view! {
                <section aria-labelledby=of.id.clone()>
                    <h2 id=of.id.clone()><a href=paths::kpi(&of.id, &KpiFilter::default())>{title}</a></h2>
                    {list(of)}
                </section>
            }
        })
        .collect();
    view! {
        <div class="head"><h1>"Definitions"</h1></div>
        <p class="aside">"Each figure follows its contract; whoever changes what one says gives it a new version."</p>
        {sections}
        {save::line(&[("CSV", paths::csv_of(paths::DEFINITIONS))], "Definitions")}
    }
    .erased()
}

/// The contract below its figure.
pub(super) fn meaning(of: &KpiMeaning) -> AnyView {
    view! { <section aria-labelledby="meaning"><h2 id="meaning">"What it means"</h2>{list(of)}</section> }.erased()
}

fn list(of: &KpiMeaning) -> AnyView {
    let joined = |words: &[String]| if words.is_empty() { "nothing".to_owned() } else { words.join("; ") };
    let rows = [
        ("Counts", of.population.clone()),
        ("Leaves out, and counts", joined(&of.exclusions)),
        ("Clock", of.clock.clone()),
        ("Starts", of.start.clone()),
        ("Stops", of.stop.clone()),
        ("Formula", of.formula.clone()),
        ("Parts, and what stands beside it", joined(&of.parts_of)),
        ("Unit", format!("{}, {}", of.unit, of.direction)),
        ("Owner", of.owner.clone()),
        ("Left out, and why", joined(&of.omissions)),
        ("Version", of.version.to_string()),
    ];
    let rows: Vec<_> = rows.into_iter().map(|(name, words)| view! { <div><dt>{name}</dt><dd>{words}</dd></div> }).collect();
    view! { <dl class="pairs">{rows}</dl> }.erased()
}
