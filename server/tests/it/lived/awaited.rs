//! What waits for a POD, worked out from what was sent: K6, its ages, its carriers, and what came and went lately, a second, plain way.

use super::{
    App, BTreeMap, Instant,
    figures::Ledger,
    shipments::{at, kind},
};
use crate::support::app::Ask;
use serde_json::Value;
use waybill_server::{domain::policy::PodRule, simulate::policy, store::sql::query_as};

/// When a shipment was delivered as it was last said, and when a POD was there that its contract accepts, or it was billed.
struct Awaited {
    since: i64,
    until: Option<i64>,
}

/// What the shipment of these events waited for; none: nothing, its contract asks for no POD, or nobody told a delivery.
fn awaited(events: &[&Value]) -> Option<Awaited> {
    let of =
        |name: &str| -> Vec<i64> { events.iter().filter(|event| kind(event) == name).map(|event| at(event, "time")).collect() };
    let (first, last) = (|name: &str| of(name).into_iter().min(), |name: &str| of(name).into_iter().max());
    let delivered = events.iter().filter(|event| kind(event) == "shipment.delivered");
    let since = at(delivered.max_by_key(|event| at(event, "recordedtime"))?, "time");
    // Whoever complains does not tell whose it is.
    let theirs = events.iter().filter(|event| !["case.", "dispute."].iter().any(|start| kind(event).starts_with(start)));
    let customer = theirs.filter_map(|event| event["data"]["customer"].as_str()).next();
    let policy = policy();
    let contract = policy.contracts.iter().find(|contract| Some(&*contract.customer) == customer);
    let rejected = last("pod.rejected");
    let stands = |proof: Option<i64>| proof.filter(|proof| rejected.is_none_or(|rejected| rejected < *proof));
    let accepted = match contract.map(|contract| contract.pod) {
        Some(PodRule::None) => return None,
        Some(PodRule::Validated) => stands(last("pod.validated")),
        _ => {
            let latest = stands(last("pod.received").max(last("pod.validated")));
            // A rejection asks for a new one; without any, the first is the one.
            let earliest = first("pod.received").into_iter().chain(first("pod.validated")).min();
            if rejected.is_some() { latest } else { latest.and(earliest) }
        }
    };
    let billed = first("invoice.released").into_iter().chain(first("erp_posting.succeeded")).min();
    let until = accepted.into_iter().chain(billed).min();
    (until.is_none_or(|until| until > since)).then_some(Awaited { since, until })
}

impl Ledger {
    /// Holds K6 against what was sent.
    pub(super) async fn check_awaited(&self, app: &App) {
        let cookie = app.session("executive").await;
        let now = app.clock.now().0;
        let places: Vec<(String, String, String)> = query_as("SELECT reference, region_id, carrier_id FROM shipments")
            .fetch_all(&app.database.read)
            .await
            .expect("shipments");
        let places: BTreeMap<&str, (&str, &str)> =
            places.iter().map(|(reference, region, carrier)| (&**reference, (&**region, &**carrier))).collect();
        let counts = self.counts();
        let (mut ages, mut moved, mut few) = (0, 0, 0);
        for region in ["", "EMEA", "APAC", "AMER"] {
            let is_asked = |subject: &str| region.is_empty() || places.get(subject).is_some_and(|(of, _)| *of == region);
            let all: Vec<(&str, Awaited)> = counts
                .iter()
                .filter(|(subject, _)| is_asked(subject))
                .filter_map(|(subject, events)| Some((*subject, awaited(events)?)))
                .collect();
            let filter = if region.is_empty() { String::new() } else { format!("region={region}") };
            let answer = app.send(Ask::get(&format!("/api/v1/kpis/K6?{filter}")).cookie(&cookie)).await;
            let kpi = answer.json();
            let part = |code: &str| kpi["parts"].as_array().expect("parts").iter().find(|part| part["code"] == code);
            let n = |code: &str| part(code).and_then(|part| part["n"].as_u64());
            let mut waits: Vec<(i64, &str)> = all
                .iter()
                .filter(|(_, of)| of.until.is_none())
                .map(|(subject, of)| (now - of.since, places[subject].1))
                .collect();
            waits.sort_unstable();
            assert_eq!(kpi["value"]["part"].as_u64(), Some(waits.len() as u64), "{region}: {kpi}");
            let older = |than: i64| Some(waits.iter().filter(|(age, _)| *age >= than).count() as u64);
            let hours = |age: i64| age as f64 / 3.6e9;
            if let Some((oldest, _)) = waits.last() {
                let told = &part("oldest").expect("the oldest")["value"]["cases"][0];
                assert!((told.as_f64().expect("hours") - hours(*oldest)).abs() < 1e-6, "{region}: {told}: {kpi}");
                assert_eq!(n("oldest"), older(*oldest), "{region}: {kpi}");
            }
            if waits.len() >= 20 {
                for (name, share) in [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)] {
                    let (exact, _) = waits[(share * waits.len() as f64).ceil() as usize - 1];
                    let told = part("p90").expect("the age")["value"]["percentiles"][name].as_f64().expect("hours");
                    assert!((told - hours(exact)).abs() < 1e-6, "{region} {name}: {told} instead of {}: {kpi}", hours(exact));
                    if name == "p90" {
                        assert_eq!(n("p90"), older(exact), "{region}: {kpi}");
                    }
                    ages += 1;
                }
            } else {
                assert_eq!(n("p90"), Some(waits.len() as u64), "{region}: all of few: {kpi}");
                few += 1;
            }
            let mut by: BTreeMap<&str, u64> = BTreeMap::new();
            waits.iter().for_each(|(_, carrier)| *by.entry(carrier).or_default() += 1);
            assert!(by.len() <= 10, "the simulated carriers are told one by one: {by:?}");
            for (carrier, waiting) in by {
                assert_eq!(n(&format!("carrier:{carrier}")), Some(waiting), "{region}: {carrier}: {kpi}");
            }
            let today = now.div_euclid(Instant::DAY);
            let lately = |at: i64| (today - 6..=today).contains(&at.div_euclid(Instant::DAY));
            let came = all.iter().filter(|(_, of)| lately(of.since)).count() as u64;
            let went = all.iter().filter(|(_, of)| of.until.is_some_and(lately)).count() as u64;
            assert_eq!((n("came"), n("went")), (Some(came), Some(went)), "{region}: {kpi}");
            moved += came + went;
        }
        assert!(ages >= 4 && moved > 50, "{ages} percentiles, {few} times too few, {moved} came or went");
    }
}
