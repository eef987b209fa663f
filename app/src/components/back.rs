//! The way back to the list that a page was come from.

use super::erased::Erase;
use crate::{pages, paths};
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

/// A link back, where there is a list to go back to.
pub(crate) fn back(to: Option<&String>) -> Option<AnyView> {
    to.map(|to| {
        let (label, asked) = match figure(to) {
            Some((id, asked)) => (format!("← Behind {id}"), Some(asked)),
            None => (format!("← {}", paths::way_back_label(to)), None),
        };
        let asked = asked.map(|asked| view! { " " <span class="aside">{asked}</span> });
        view! { <p class="back"><a href=to.clone()>{label}</a> {asked}</p> }.erased()
    })
}

/// The figure whose rows a way back leads to, and what was asked of it, in words; none: it leads to something else.
fn figure(to: &str) -> Option<(String, String)> {
    let (path, query) = to.split_once('?').unwrap_or((to, ""));
    let id = path.strip_prefix(paths::KPIS)?.strip_prefix('/')?.strip_suffix("/rows")?;
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    // It takes its values as they stand in an address.
    let query: ParamsMap = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let filter = paths::kpi_filter(|name| query.get(name));
    let shown = id.chars().all(|c| c.is_ascii_alphanumeric());
    shown.then(|| (id.to_owned(), pages::asked_of_a_figure(&filter)))
}

/// The address of a page, with the way back to where its reader comes from.
pub(crate) fn kept(path: &str, back: Option<&String>) -> String {
    back.map_or_else(|| path.to_owned(), |back| paths::from_page(path, back))
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn the_way_back_to_the_rows_of_a_figure_says_what_was_asked() {
        let told = |to: &str| figure(to).map(|(id, asked)| format!("{id}: {asked}"));
        let asked = told("/kpis/K1/rows?region=C%C3%B4te%20d%27Ivoire&carrier=A%26B&part=p90");
        assert_eq!(asked.as_deref(), Some("K1: The slowest tenth · region Côte d'Ivoire · carrier A&B"));
        assert_eq!(told("/kpis/K8/rows").as_deref(), Some("K8: everything that you may see"));
        for other in ["/work/unbilled?region=EU", "/kpis/K1", "/kpis/<b>/rows", "/home"] {
            assert_eq!(told(other), None, "{other}");
        }
    }
}
