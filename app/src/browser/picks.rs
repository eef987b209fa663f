//! Rows picked for one action: how many, and how much money waits for them.

use crate::model::tally;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

/// Something was picked, or all of it by the box in the head.
pub(super) fn picked(target: &Element) {
    let Ok(Some(told)) = document().query_selector("[data-picked]") else { return };
    let Ok(boxes) = document().query_selector_all("[data-pick]") else { return };
    let boxes = (0..boxes.length()).filter_map(|i| boxes.item(i)?.dyn_into::<HtmlInputElement>().ok());
    let all = target.dyn_ref::<HtmlInputElement>().filter(|all| all.has_attribute("data-all")).map(HtmlInputElement::checked);
    let mut picked = Vec::new();
    for pick in boxes {
        if let Some(all) = all {
            pick.set_checked(all);
        }
        if pick.checked() {
            picked.push((pick.get_attribute("data-amount"), pick.get_attribute("data-currency")));
        }
    }
    let mut words = format!("{} selected", picked.len());
    for sum in tally(picked.into_iter().filter_map(|(amount, currency)| Some((amount?, currency?)))) {
        words.push_str(" · ");
        words.push_str(&sum.text());
    }
    told.set_text_content(Some(&words));
}

/// Picks the focused row, or lets it go; whether there is one.
pub(super) fn toggle(row: &Element) -> bool {
    let Some(pick) = row.query_selector("[data-pick]").ok().flatten().and_then(|pick| pick.dyn_into::<HtmlInputElement>().ok())
    else {
        return false;
    };
    pick.click();
    true
}

/// Whether any row is picked.
pub(super) fn any() -> bool {
    matches!(document().query_selector("[data-pick]:checked"), Ok(Some(_)))
}
