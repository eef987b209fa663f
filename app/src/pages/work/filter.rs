//! The filter: by place, carrier, customer and mode.

use crate::{
    components::{erased::Erase, filters},
    model::{Choice, WorkFilter, WorkList, WorkPage},
    paths,
};
use leptos::prelude::*;

/// The form.
pub(super) fn form(list: WorkList, filter: &WorkFilter, page: &WorkPage) -> AnyView {
    let choices = &page.choices;
    let fields = view! {
        {filters::pick("region", "Region", "All", &choices.places.regions, &filter.region)}
        {filters::pick("business_unit", "Business unit", "All", &choices.places.business_units, &filter.business_unit)}
        {filters::pick("carrier", "Carrier", "All", &choices.carriers, &filter.carrier)}
        {filters::text("customer", "Customer", &filter.customer)}
        {filters::pick("mode", "Mode", "All", &choices.modes, &filter.mode)}
        {filters::kept("hold", &filter.hold)}
        {filters::kept("age", &filter.age)}
        {filters::kept("sort", &filter.sort)}
    };
    filters::form(list.path(), "Filter the list", fields.erased())
}

/// The present filter in words.
pub(super) fn chips(list: WorkList, filter: &WorkFilter, page: &WorkPage) -> AnyView {
    let base = WorkFilter { after: None, ..filter.clone() };
    let mut parts: Vec<Choice> =
        page.parts.iter().map(|part| Choice { value: part.code.clone(), label: part.label.clone() }).collect();
    // In a list by age no part tells what it is called.
    parts.push(Choice { value: "pod_missing".into(), label: "POD missing".into() });
    let mut chips = Vec::new();
    let mut chip = |value: &Option<String>, words: &str, choices: &[Choice], clear: fn(&mut WorkFilter)| {
        if let Some(value) = value {
            let mut without = base.clone();
            clear(&mut without);
            let words = format!("{words}: {}", filters::label_of(choices, value));
            chips.push(filters::Chip { words, without: paths::work(list, &without) });
        }
    };
    let choices = &page.choices;
    chip(&filter.hold, "Held by", &parts, |f| f.hold = None);
    chip(&filter.age, "Waits", &parts, |f| f.age = None);
    chip(&filter.region, "Region", &choices.places.regions, |f| f.region = None);
    chip(&filter.business_unit, "Business unit", &choices.places.business_units, |f| f.business_unit = None);
    chip(&filter.carrier, "Carrier", &choices.carriers, |f| f.carrier = None);
    chip(&filter.customer, "Customer", &[], |f| f.customer = None);
    chip(&filter.mode, "Mode", &choices.modes, |f| f.mode = None);
    filters::chips(chips, list.path())
}
