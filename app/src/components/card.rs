//! A figure with what it is made of.

use super::{save, words::moment};
use crate::components::erased::Erase;
use crate::model::Moment;
use leptos::prelude::*;

/// What a figure counts, by which clock, over which days.
pub(crate) struct Provenance<'a> {
    /// Which shipments.
    pub(crate) population: String,
    /// Which times are compared.
    pub(crate) clock: String,
    /// What it does not do, if anything.
    pub(crate) omissions: String,
    /// Which days; `now` for a stock.
    pub(crate) period: String,
    /// When it was read.
    pub(crate) as_of: &'a Moment,
    /// The same as a file of comma-separated values.
    pub(crate) file: Option<String>,
}

/// A titled figure; its provenance stands below.
pub(crate) fn card(class: &'static str, id: &'static str, title: &'static str, body: AnyView, from: Provenance<'_>) -> AnyView {
    view! {
        <section class=format!("card {class}") aria-labelledby=id>
            <h2 id=id>{title}</h2>
            {body}
            <p class="provenance">
                {from.population} " · " {from.clock} " · " {from.period} " · as of " {moment(from.as_of)}
                {(!from.omissions.is_empty()).then(|| format!(" · {}", from.omissions))}
                {from.file.map(|href| save::links(&[("CSV", href)], title))}
            </p>
        </section>
    }
    .erased()
}
