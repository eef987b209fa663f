//! Mappings that are wrong say where and why.

use super::{super::plan::Plan, PARCELS_MAPPING};

fn complaint(from: &str, to: &str) -> String {
    assert!(PARCELS_MAPPING.contains(from), "{from}");
    Plan::parse(&PARCELS_MAPPING.replacen(from, to, 1)).expect_err("wrong").to_string()
}

#[test]
fn every_complaint_names_line_and_key() {
    let line = |text: &str| PARCELS_MAPPING.lines().position(|line| line.contains(text)).expect("there") + 1;
    for (from, to, at, says) in [
        ("carrier = \"Carrier\"", "carier = \"Carrier\"", line("carrier = \"{carrier|slug}\""), "there is no field `carrier`"),
        ("kind = \"money\"", "kind = \"mony\"", line("kind = \"money\""), "unknown variant `mony`"),
        ("round = \"half-up\"", "rounding = \"half-up\"", line("round = \"half-up\""), "unknown field `rounding`"),
        ("\"%d %b %Y\"", "\"%d %b %Q\"", line("\"%d %b %Y\""), "%Q is none of"),
        ("Africa/Nairobi", "Africa/Narobi", line("Africa/Nairobi"), "no IANA time zone"),
        ("shipment.delivered.v1", "shipment.delivered.v9", line("shipment.delivered.v1"), "no event type"),
        ("{delivered|max}", "{delivered|max} at noon", line("{delivered|max}"), "must be one time field"),
        ("{promised|min}", "{promised|sum}", line("{promised|min}"), "`sum` needs a number"),
        ("id = \"delivered:{shipment}\"", "id = \"delivered\"", line("id = \"delivered:"), "taken for repetitions"),
        ("promised_at = ", "promissed_at = ", line("promised_at = "), "is no field of com.waybill.shipment.delivered.v1"),
        ("take = \"nothing\"", "take = \"half\"", line("take = \"nothing\""), "unknown variant `half`"),
        (
            "{ \"Line\" = \"{line}\" }",
            "{ \"Line\" = \"{lin}\" }",
            line("{ \"Line\" = \"{line}\" }"),
            "no name in the pattern `lin`",
        ),
        ("by = \"order\"", "by = \"weight\"", 0, "cannot group or filter"),
        ("currency = \"USD\"\n", "", 0, "money needs `currency`"),
        ("order = \"line\"\n", "", 0, "need the group's `order`"),
    ] {
        let complaint = complaint(from, to);
        assert!(complaint.contains(says), "{complaint}");
        let here = format!("line {at}: ");
        assert!(at == 0 && complaint.starts_with("line ") || complaint.starts_with(&here), "{complaint} ({here})");
    }
}

#[test]
fn fields_made_of_themselves_are_refused() {
    let text = "order = { value = \"{carrier}\" }\ncarrier = { value = \"{order}\" }";
    let mapping = PARCELS_MAPPING.replace("order = \"Order\"\ncarrier = \"Carrier\"", text);
    let complaint = Plan::parse(&mapping).expect_err("a circle").to_string();
    assert!(complaint.contains("is made of itself"), "{complaint}");
}

#[test]
fn a_file_without_a_column_says_what_it_has() {
    let plan = Plan::parse(PARCELS_MAPPING).expect("good");
    let problem = super::super::row::Bound::new(plan, vec!["Line".into(), " Shipment ".into()]).expect_err("short");
    assert!(problem.contains("no column") && problem.contains("it has: Line, Shipment"), "{problem}");
}

const MANUAL: &str = include_str!("../../../../../docs/mapping.md");

/// Code blocks of the manual in this language.
fn blocks(language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    MANUAL.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

#[test]
fn every_mapping_of_the_manual_is_sound() {
    let all = blocks("toml");
    assert!(all.len() >= 6, "{}", all.len());
    for block in all {
        Plan::parse(block).unwrap_or_else(|error| panic!("{error}\n{block}"));
    }
    Plan::parse(include_str!("../../../../mappings/scms.toml")).unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn the_manual_names_every_key() {
    let source = include_str!("../mapping.rs");
    let keys = source.lines().filter_map(|line| line.trim().strip_prefix("pub ")?.split_once(':')).map(|(key, _)| key);
    for key in keys.filter(|key| key.chars().all(|c| c.is_ascii_lowercase() || c == '_')) {
        // `key`, `file.key`, `key = …`, [key], [[key]], [key.name]
        let ends = ["`", ".", " ", "]"];
        let named = ["`", ".", "["].iter().any(|start| ends.iter().any(|end| MANUAL.contains(&format!("{start}{key}{end}"))));
        assert!(named, "the manual lacks `{key}`");
    }
}

#[test]
fn the_manuals_first_example_does_what_it_says() {
    let came = super::came(blocks("toml")[0], blocks("csv")[0].as_bytes());
    assert_eq!(came.event("delivered:S-1")["time"], "2026-03-01T23:59:59+01:00");
    assert_eq!(came.event("delivered:S-1")["data"]["carrier"], "prairie-express");
    assert_eq!((came.events.len(), came.rejects.len()), (1, 0));
}
