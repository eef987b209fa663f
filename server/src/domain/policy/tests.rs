use super::*;
use app::model::ExceptionKind;

const MARCH: Instant = Instant(1_773_144_000 * Instant::SECOND);

fn policy(toml: &str) -> Policy {
    toml::from_str(toml).expect("a policy")
}

fn usd(amount: &str) -> Money {
    Money::parse(amount, "USD").expect("money")
}

#[test]
fn an_empty_file_is_the_default_and_the_default_bills_nobody() {
    assert_eq!(policy(""), Policy::default());
    assert_eq!(Policy::default().contracts.find("C-1", MARCH), None);
}

#[test]
fn a_file_says_what_differs_and_nothing_unknown() {
    let policy = policy(
        r#"
        charge_codes = ["base", "fuel"]
        [expectations]
        pod_grace = 4
        accrual_on_by_unit = { RETAIL = "dispatch" }
        [tolerances.invoice]
        percent = 1.5
        amount = 0.5
        [exceptions.pod_missing]
        severity = "critical"
        queue = "finance"
        sla_hours = 2
        [[contracts]]
        customer = "C-1"
        pod = "signed"
        temperature = true
        "#,
    );
    assert_eq!((policy.expectations.pod_grace, policy.expectations.cadence), (4, 36));
    assert_eq!(policy.exceptions[&ExceptionKind::PodMissing].sla_hours, Some(2));
    assert_eq!(policy.contracts.find("C-1", MARCH).map(|contract| contract.pod), Some(PodRule::Signed));
    for wrong in ["pod_grase = 1", "[expectations]\npod = 1", "[[contracts]]\npod = \"none\"", "[exceptions.pod_mising]"] {
        assert!(toml::from_str::<Policy>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_policy_survives_json_and_toml() {
    let policy = policy(
        r#"
        charge_codes = ["base"]
        [[contracts]]
        customer = "*"
        from = "2026-01-01"
        [exceptions.disputed]
        sla_hours = 9
        [ownership]
        execution = ["dispatch/*"]
        [[status_maps]]
        sources = "a*"
        from = "2026-01-01"
        codes = { LDD = "loaded", "in transit" = "in_transit" }
        [[sources]]
        match = "a*"
        name = "A"
        owner = "service"
        [[carriers]]
        code = "DHL"
        aliases = ["dhl freight"]
        [[customers]]
        code = "C-1"
        name = "One"
        aliases = ["0001"]
        [[charge_maps]]
        sources = "a"
        codes = { DET = "detention" }
        [[calendars]]
        name = "office"
        time_zone = "Europe/Berlin"
        from = "08:00"
        until = "16:30"
        holidays = ["2026-12-25"]
        [owners.finance]
        name = "Billing desk"
        calendar = "office"
        "#,
    );
    let json = serde_json::to_string(&policy).expect("JSON");
    assert_eq!(serde_json::from_str::<Policy>(&json).expect("reads"), policy);
    let toml = toml::to_string(&policy).expect("TOML");
    assert_eq!(toml::from_str::<Policy>(&toml).expect("reads"), policy);
}

#[test]
fn contracts_are_found_by_customer_and_day() {
    let policy = policy(
        r#"
        [[contracts]]
        customer = "*"
        name = "standard"
        [[contracts]]
        customer = "C-1"
        name = "old"
        until = "2026-03-09"
        [[contracts]]
        customer = "C-1"
        name = "new"
        from = "2026-03-10"
        until = "2026-12-31"
        [[contracts]]
        customer = "C-1"
        name = "newest"
        from = "2026-06-01"
        "#,
    );
    let name = |customer, at: Instant| policy.contracts.find(customer, at).map(BillingContract::label);
    assert_eq!(name("C-1", MARCH), Some("new"));
    assert_eq!(name("C-1", MARCH.plus(-Instant::DAY)), Some("old"));
    assert_eq!(name("C-1", MARCH.plus(100 * Instant::DAY)), Some("newest"));
    assert_eq!(name("C-2", MARCH), Some("standard"));
    assert_eq!(name("", MARCH), None, "without a customer nobody can be billed");
    let lapsed = contracts_of("C-3", "2026-01-01");
    assert_eq!(lapsed.find("C-3", MARCH), None, "a contract that ran out is not replaced by the default");
}

fn contracts_of(customer: &str, until: &str) -> Contracts {
    policy(&format!("[[contracts]]\ncustomer = \"*\"\n[[contracts]]\ncustomer = \"{customer}\"\nuntil = \"{until}\"")).contracts
}

#[test]
fn a_tolerance_is_exceeded_beyond_both_the_share_and_the_amount() {
    let tolerance = Tolerances::default().invoice;
    for (expected, actual, variance) in [
        ("1000.00", "1000.00", None),
        ("1000.00", "1020.00", None),
        ("1000.00", "1020.01", Some(Variance::Over)),
        ("1000.00", "979.99", Some(Variance::Under)),
        ("10.00", "11.00", None),
        ("10.00", "11.01", Some(Variance::Over)),
        ("0.00", "1.00", None),
    ] {
        assert_eq!(tolerance.exceeded(usd(expected), usd(actual)), variance, "{expected} {actual}");
    }
    let euros = Money::parse("2000.00", "EUR").expect("money");
    assert_eq!(tolerance.exceeded(usd("1000.00"), euros), None, "two currencies cannot be compared");
    let yen = |amount| Money::parse(amount, "JPY").expect("money");
    assert_eq!(tolerance.exceeded(yen("20"), yen("21")), None);
    assert_eq!(tolerance.exceeded(yen("20"), yen("22")), Some(Variance::Over));
}

#[test]
fn what_makes_no_sense_is_told() {
    assert_eq!(Policy::default().problems(), Vec::<String>::new());
    for (toml, problem) in [
        ("[expectations]\ncadence = 9000", "cadence is longer"),
        ("[tolerances.invoice]\npercent = -1.0", "invoice is out"),
        ("[tolerances]\npod_confidence = 70.0", "pod_confidence is out"),
        ("[[contracts]]\ncustomer = \"\"", "no customer code"),
        ("[[contracts]]\ncustomer = \"C\"\nfrom = \"2026-02-01\"\nuntil = \"2026-01-01\"", "ends before"),
        ("[[contracts]]\ncustomer = \"C\"\n[[contracts]]\ncustomer = \"C\"", "same day"),
        ("[tolerances]\nconflict_hours = 9000", "conflict_hours is longer"),
        ("[ownership]\nbilling = [\"a*b\"]", "has a *"),
        ("[ownership]\nbilling = [\"a\", \"a\"]", "twice"),
        ("[[status_maps]]\nsources = \"\"\ncodes = {}", "no name of a source"),
        ("[[status_maps]]\nsources = \"a\"\ncodes = { \" x\" = \"ignore\" }", "a code of a"),
        ("[[status_maps]]\nsources = \"a\"\ncodes = {}\n[[status_maps]]\nsources = \"a\"\ncodes = {}", "same day"),
        ("[[sources]]\nmatch = \"a\"\nname = \" \"", "is no name"),
        ("[[sources]]\nmatch = \"a\"\nname = \"A\"\n[[sources]]\nmatch = \"b\"\nname = \"A\"", "two are called A"),
        ("[[sources]]\nmatch = \"a\"\nname = \"A\"\ncadence_hours = 9000", "longer than a year"),
        ("[[carriers]]\ncode = \"\"", "is no name"),
        ("[[carriers]]\ncode = \"A\"\n[[carriers]]\ncode = \"B\"\naliases = [\"a\"]", "a is A and B"),
        ("[[customers]]\ncode = \"A\"\naliases = [\" x\"]", "customers: \" x\" of A is no name"),
        ("[[customers]]\ncode = \"A\"\naliases = [\"1\"]\n[[contracts]]\ncustomer = \"1\"", "another name of the customer A"),
        ("[[charge_maps]]\nsources = \"a\"\ncodes = { X = \"\" }", "is empty"),
        ("[[calendars]]\nname = \"c\"\ntime_zone = \"Mars\"\nfrom = \"08:00\"\nuntil = \"09:00\"", "no time zone"),
        ("[[calendars]]\nname = \"c\"\ntime_zone = \"Etc/UTC\"\nfrom = \"09:00\"\nuntil = \"09:00\"", "ends before"),
        ("[owners.finance]\nname = \"Desk\"\ncalendar = \"c\"", "no calendar c"),
    ] {
        let problems = policy(toml).problems();
        assert!(problems.len() == 1 && problems[0].contains(problem), "{toml}: {problems:?}");
    }
}
