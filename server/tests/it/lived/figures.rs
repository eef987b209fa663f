//! What became of exceptions, counted from what was put in, and of repetitions, counted from what was sent: K8, K9, K16 and what K20
//! prevented, a second, plain way.

use super::{App, BTreeMap, Instant, Open, shipments::said};
use crate::support::{app::Ask, csv::hundredths};
use serde_json::Value;
use waybill_server::{
    domain::access::Role,
    simulate::{Fault, GeneratedEvent},
    store::sql::query_as,
};

/// What comes back sooner goes on.
const GOES_ON: i64 = 7 * Instant::DAY;
/// Codes and lower edges of the ages of exceptions, in hours.
const AGES: [(&str, i64); 8] =
    [("0-1h", 0), ("1-4h", 1), ("4-8h", 4), ("8-24h", 8), ("1-2d", 24), ("2-5d", 48), ("5-10d", 120), ("10d-", 240)];

/// An exception: when it was found, when it was waived, if it was, and when its cause was gone.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spell {
    pub(super) found: i64,
    pub(super) waived: Option<i64>,
    pub(super) gone: Option<i64>,
    /// Whether it was over, and came back.
    pub(super) back: bool,
    /// Whether it was given to somebody.
    pub(super) given: bool,
}

impl Spell {
    /// When nobody had it to do any more.
    pub(super) fn over(self) -> Option<i64> {
        self.waived.or(self.gone)
    }
}

/// All that was ever put in, by kind and subject; and what was sent.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) spells: BTreeMap<(String, String), Vec<Spell>>,
    /// Bodies that were sent under an id, and how many were sent once more, by day.
    pub(super) bodies: BTreeMap<(String, String), Vec<Value>>,
    /// Shipments that people put their hands on, and when.
    pub(super) touches: Vec<(String, i64)>,
    repeated: BTreeMap<i64, u64>,
    taken: BTreeMap<i64, u64>,
}

fn day(micros: i64) -> String {
    chrono::DateTime::from_timestamp_micros(micros).expect("a day").format("%Y-%m-%d").to_string()
}

fn micros(day: &Value) -> i64 {
    let day: chrono::NaiveDate = day.as_str().expect("a day").parse().expect("a date");
    day.and_hms_opt(0, 0, 0).expect("midnight").and_utc().timestamp_micros()
}

impl Ledger {
    /// What is open now and was not before, and the other way round.
    pub(super) fn note(&mut self, before: &Open, open: &Open, now: Instant) {
        for came in open.difference(before) {
            let spells = self.spells.entry(came.clone()).or_default();
            match spells.last_mut() {
                Some(Spell { waived: None, gone, back, .. }) if gone.is_some_and(|gone| now.0 - gone <= GOES_ON) => {
                    (*gone, *back) = (None, true);
                }
                _ => spells.push(Spell { found: now.0, waived: None, gone: None, back: false, given: false }),
            }
        }
        for went in before.difference(open) {
            self.spells.get_mut(went).and_then(|spells| spells.last_mut()).expect("it came").gone = Some(now.0);
        }
    }

    /// What was sent to us, and answered at that time.
    pub(super) fn sent(&mut self, events: &[GeneratedEvent], now: Instant) {
        let sound = |event: &&GeneratedEvent| event.fault.is_none_or(|fault| !fault.is_refused() && fault != Fault::Contradicted);
        for event in events.iter().filter(sound) {
            let json: Value = serde_json::from_str(&event.json).expect("sound lines are JSON");
            let text = |name: &str| json[name].as_str().expect("a text").to_owned();
            let bodies = self.bodies.entry((text("source"), text("id"))).or_default();
            let counted = if bodies.contains(&json) { &mut self.repeated } else { &mut self.taken };
            *counted.entry(now.0.div_euclid(Instant::DAY)).or_default() += 1;
            bodies.push(json);
        }
    }

    /// Holds the figures against it.
    pub(super) async fn check(&self, app: &App) {
        let cookie = app.signed_in(Role::Executive).await;
        let get = async |path: &str| {
            let answer = app.send(Ask::get(&format!("/api/v1/kpis/{path}")).cookie(&cookie)).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            answer.json()
        };
        let now = app.clock.now().0;
        let places: Vec<(String, String, String)> = query_as("SELECT reference, region_id, business_unit_id FROM shipments")
            .fetch_all(&app.database.read)
            .await
            .expect("shipments");
        let places: BTreeMap<String, (String, String)> =
            places.into_iter().map(|(reference, region, unit)| (reference, (region, unit))).collect();
        let (a, b) = (now - 19 * Instant::DAY, now - 5 * Instant::DAY);
        let period = (a.div_euclid(Instant::DAY) * Instant::DAY, b.div_euclid(Instant::DAY) * Instant::DAY);
        let (mut checked, mut past, mut wrong, mut touched, mut money, mut moving) = (0, 0, 0, 0, 0, 0);
        let (mut accepted, mut still_silent) = (0, 0);
        let (mut came_back, mut given, mut unassigned) = (0, 0, 0);
        for filter in ["", "region=EMEA", "region=APAC", "region=AMER", "business_unit=RETAIL"] {
            let is_asked = |subject: &str| match filter.split_once('=') {
                None => true,
                Some(("region", region)) => places.get(subject).is_some_and(|place| place.0 == region),
                Some((_, unit)) => places.get(subject).is_some_and(|place| place.1 == unit),
            };
            let asked = || self.spells.iter().filter(|((_, subject), _)| is_asked(subject));
            let of = |kind: Option<&'static str>| -> Vec<Spell> {
                let of = asked().filter(move |((of, _), _)| kind.is_none_or(|kind| kind == of));
                of.flat_map(|(_, spells)| spells.iter().copied()).collect()
            };
            for days in [None, Some(period)] {
                let path = days.map_or_else(String::new, |(from, to)| format!("&from={}&to={}", day(from), day(to)));
                let inside = |over: i64| days.is_none_or(|(from, to)| (from..to).contains(&over));
                let (waived, verified): (Vec<Spell>, Vec<Spell>) = of(None)
                    .into_iter()
                    .filter(|spell| spell.over().is_some_and(inside))
                    .partition(|spell| spell.waived.is_some());
                let hours = |spell: &Spell| (spell.over().expect("it is over") - spell.found) as f64 / 3.6e9;
                let mut took: Vec<f64> = verified.iter().map(hours).collect();
                took.sort_by(f64::total_cmp);
                let kpi = get(&format!("K9?{filter}{path}")).await;
                assert_eq!(kpi["n"].as_u64(), Some(took.len() as u64), "{filter}{path}: {kpi}");
                assert_eq!(kpi["parts"][0]["n"].as_u64(), Some(waived.len() as u64), "{filter}{path}: waived: {kpi}");
                accepted += waived.len();
                if !waived.is_empty() {
                    let mean = waived.iter().map(hours).sum::<f64>() / waived.len() as f64;
                    let told = kpi["parts"][0]["value"]["mean_hours"].as_f64().expect("a mean");
                    assert!((told - mean).abs() < 1e-6, "{filter}{path}: waived: {told} instead of {mean}");
                }
                if took.len() >= 20 {
                    let mean = took.iter().sum::<f64>() / took.len() as f64;
                    let told = kpi["value"]["mean_hours"].as_f64().expect("a mean");
                    assert!((told - mean).abs() < 1e-6, "{filter}{path}: {told} instead of {mean}");
                    for (name, share) in [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95)] {
                        let exact = took[(share * took.len() as f64).ceil() as usize - 1];
                        let told = kpi["value"]["percentiles"][name].as_f64().expect("hours");
                        assert!((told / exact - 1.0).abs() <= 0.0101, "{filter}{path} {name}: {told} instead of {exact}");
                        checked += 1;
                    }
                }
            }
            for days in [None, Some(period)] {
                let path = days.map_or_else(String::new, |(from, to)| format!("&from={}&to={}", day(from), day(to)));
                let inside = |at: i64| days.is_none_or(|(from, to)| (from..to).contains(&at));
                let expected = self.quality(is_asked, inside);
                let (k10, k11) = (get(&format!("K10?{filter}{path}")).await, get(&format!("K11?{filter}{path}")).await);
                let told = [said(&k10, None), said(&k11, None), said(&k11, Some("untouched_from_delivery"))];
                assert_eq!(told, expected, "{filter}{path}");
                (wrong, touched) = (wrong + told[0].1, touched + (told[1].0 - told[1].1) + (told[2].0 - told[2].1));
            }
            let k8 = get(&format!("K8?{filter}")).await;
            let sums = k8["value"]["money"].as_array().expect("sums").iter();
            let text = |sum: &Value, name: &str| sum[name].as_str().expect("a text").to_owned();
            let sums: BTreeMap<String, i64> = sums.map(|sum| (text(sum, "currency"), hundredths(&text(sum, "amount")))).collect();
            assert_eq!(sums, self.at_stake(is_asked), "{filter}: the money of what has something wrong");
            let under_way = self.under_way(is_asked);
            assert_eq!(get(&format!("K16?{filter}")).await["n"].as_u64(), Some(under_way), "{filter}: those on their way");
            (money, moving) = (money + sums.len(), moving + under_way);
            for (id, kind) in [("K8", None), ("K16", Some("status_stale"))] {
                // Of what could not be taken in nothing was put in: it is nobody's.
                if filter.is_empty() && id == "K8" {
                    continue;
                }
                let spells = of(kind);
                let kpi = get(&format!("{id}?{filter}")).await;
                // Who waives has it to do no more; silent the shipment is as before.
                let end = |spell: &Spell| if id == "K8" { spell.over() } else { spell.gone };
                let open = |at: i64| move |spell: &&Spell| spell.found < at && end(spell).is_none_or(|over| over >= at);
                let n = if id == "K8" { &kpi["n"] } else { &kpi["value"]["part"] };
                let there = spells.iter().filter(|spell| end(spell).is_none());
                let waits: Vec<i64> = there.clone().map(|spell| now - spell.found).collect();
                still_silent += there.filter(|spell| spell.waived.is_some()).count();
                assert_eq!(n.as_u64(), Some(waits.len() as u64), "{id}?{filter}: {kpi}");
                for (code, from) in AGES {
                    let until = AGES.iter().map(|(_, edge)| *edge).find(|edge| *edge > from).unwrap_or(i64::MAX / Instant::HOUR);
                    let n = waits.iter().filter(|age| (from * Instant::HOUR..until * Instant::HOUR).contains(*age)).count();
                    let parts = kpi["parts"].as_array().expect("parts");
                    let part = parts.iter().find(|part| part["code"] == format!("age:{code}")).expect("each age");
                    assert_eq!(part["n"].as_u64(), Some(n as u64), "{id}?{filter}: {code}");
                }
                if id == "K8" {
                    let part = |code: &str| {
                        let parts = kpi["parts"].as_array().expect("parts");
                        parts.iter().find(|part| part["code"] == code).expect("how they stand").clone()
                    };
                    let open = || spells.iter().filter(|spell| end(spell).is_none());
                    let again = open().filter(|spell| spell.back).count() as u64;
                    let nobodys: Vec<i64> = open().filter(|spell| !spell.given).map(|spell| now - spell.found).collect();
                    assert_eq!(part("came_back")["n"].as_u64(), Some(again), "{filter}: {kpi}");
                    assert_eq!(part("nobodys")["n"].as_u64(), Some(nobodys.len() as u64), "{filter}: {kpi}");
                    if let Some(oldest) = nobodys.iter().max() {
                        let told = part("oldest_nobodys");
                        let hours = told["value"]["cases"][0].as_f64().expect("hours");
                        assert!((hours - *oldest as f64 / 3.6e9).abs() < 1e-6, "{filter}: {kpi}");
                        let as_old = nobodys.iter().filter(|age| *age == oldest).count() as u64;
                        assert_eq!(told["n"].as_u64(), Some(as_old), "{filter}: {kpi}");
                    }
                    (came_back, given) = (came_back + again, given + spells.iter().filter(|spell| spell.given).count());
                    unassigned += nobodys.len();
                }
                for point in kpi["series"].as_array().expect("weeks") {
                    let n = spells.iter().filter(open(micros(&point["to"]))).count();
                    assert_eq!(point["n"].as_u64(), Some(n as u64), "{id}?{filter}: {point}");
                    past += n;
                }
            }
        }
        assert!(accepted > 20 && still_silent > 2, "{accepted} waived, {still_silent} of them still silent");
        assert!(given > 50 && unassigned > 20, "{came_back} came back, {given} were given to somebody, {unassigned} to nobody");
        assert!(money > 5 && moving > 50, "{money} sums of money, {moving} on their way");
        assert!(wrong > 100 && touched > 20, "{wrong} with something wrong, {touched} touched");
        assert!(checked >= 16 && past > 200, "{checked} percentiles, {past} of the past");
        for days in [None, Some(period)] {
            let path = days.map_or_else(String::new, |(from, to)| format!("from={}&to={}", day(from), day(to)));
            let inside = |day: &i64| days.is_none_or(|(from, to)| (from..to).contains(&(day * Instant::DAY)));
            let sum = |by: &BTreeMap<i64, u64>| by.iter().filter(|(day, _)| inside(day)).map(|(_, n)| n).sum::<u64>();
            let (repeated, taken) = (sum(&self.repeated), sum(&self.taken));
            let kpi = get(&format!("K20?{path}")).await;
            let parts = kpi["parts"].as_array().expect("parts");
            let label = |part: &&Value| part["label"].as_str().is_some_and(|label| label.starts_with("prevented"));
            let part = parts.iter().find(label).expect("what was prevented");
            let told = (part["value"]["part"].as_u64(), part["n"].as_u64());
            assert_eq!(told, (Some(repeated), Some(repeated + taken)), "{path}: {kpi}");
            assert!(repeated > 10, "{repeated}");
        }
    }
}
