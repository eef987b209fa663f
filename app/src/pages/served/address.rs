//! What an address says to the page that it names.

use leptos::prelude::{GetUntracked, WithUntracked};
use leptos_router::{
    hooks::{use_location, use_query_map},
    location::Url,
    params::ParamsMap,
};

/// The parameters of a served page.
pub(crate) struct Address {
    path: Vec<(&'static str, String)>,
    query: ParamsMap,
}

impl Address {
    /// The address under way, if it fits one of the patterns: the pattern's place, and the address.
    pub(super) fn find(patterns: impl Iterator<Item = &'static str>) -> Option<(usize, Self)> {
        let path = use_location().pathname.get_untracked();
        let (place, path) = patterns.enumerate().find_map(|(place, pattern)| Some((place, params(pattern, &path)?)))?;
        Some((place, Self { path, query: use_query_map().with_untracked(Clone::clone) }))
    }

    /// A part of the path, by its name in the pattern.
    pub(crate) fn part(&self, name: &str) -> String {
        self.path.iter().find(|(key, _)| *key == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// A parameter of the query.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        self.query.get(name)
    }
}

/// What stands in the places of a pattern (`/exceptions/{id}`); none where the path is another.
fn params(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let (mut names, mut parts) = (pattern.split('/'), path.split('/'));
    let mut found = Vec::new();
    loop {
        match (names.next(), parts.next()) {
            (None, None) => return Some(found),
            (Some(name), Some(part)) => match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) if !part.is_empty() => found.push((name, Url::unescape(part))),
                None if name == part => {}
                _ => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::params;

    #[test]
    fn a_pattern_takes_whole_parts_and_decodes_them() {
        assert_eq!(params("/exceptions/{id}", "/exceptions/a%2Fb"), Some(vec![("id", "a/b".to_owned())]));
        assert_eq!(params("/exceptions", "/exceptions"), Some(Vec::new()));
        for other in ["/exceptions", "/exceptions/", "/exceptions/a/b", "/exception/a", "/"] {
            assert_eq!(params("/exceptions/{id}", other), None, "{other}");
        }
    }
}
