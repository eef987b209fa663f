//! What a figure says of itself is what its contract, its definition and the list say.

use super::*;

#[tokio::test]
async fn a_card_says_what_the_contract_of_its_figure_says() {
    let app = App::start().await;
    let cookie = told(&app, 120).await;
    let page = app.send(Ask::get("/").cookie(&cookie)).await.text;
    for key in [Kpi::K25, Kpi::K8, Kpi::K6, Kpi::K7] {
        let of = key.contract();
        for words in [of.population, of.clock, of.start].iter().chain(of.omissions) {
            let words = words.replace('&', "&amp;").replace('\'', "&#x27;");
            let plain = page.replace("&#39;", "&#x27;").replace('\'', "&#x27;");
            assert!(plain.contains(&words), "{}: {words}", key.code());
        }
    }
    let pipeline = page.split("id=\"pipeline\"").nth(1).expect("the card").split("</section>").next().unwrap_or_default();
    assert!(pipeline.contains("completed only") && pipeline.contains("as true now"), "{pipeline}");
    let trends = app.send(Ask::get("/trends").cookie(&cookie)).await.text;
    let stages = trends.split("id=\"stages\"").nth(1).expect("the card").split("</section>").next().unwrap_or_default();
    for words in Kpi::K1.contract().omissions {
        assert!(stages.contains(&words.replace('&', "&amp;").replace('\'', "&#x27;")), "{words}: {stages}");
    }
}

#[tokio::test]
async fn the_list_says_of_each_figure_what_the_figure_says_of_itself() {
    let app = App::start().await;
    let cookie = told(&app, 220).await;
    let region = get(&app, &cookie, "/api/v1/kpis/K1/rows").await["items"][0]["region"].as_str().expect("told").to_owned();
    for filter in [String::new(), format!("region={region}")] {
        let list = get(&app, &cookie, &format!("/api/v1/kpis?{filter}")).await;
        let mut open = 0;
        for told in list["items"].as_array().expect("figures") {
            let id = told["id"].as_str().expect("a code");
            let own = get(&app, &cookie, &format!("/api/v1/kpis/{id}?{filter}")).await;
            for field in ["n", "open", "value", "left_out", "covers", "period", "population", "clock", "omissions", "parts_of"] {
                assert_eq!(told[field], own[field], "{id}?{filter}: {field}");
            }
            open += u64::from(told["open"].as_u64() > Some(0));
        }
        assert!(open >= 6, "{filter}: {list}");
    }
}

#[tokio::test]
async fn what_stands_beside_a_figure_is_what_its_definition_says() {
    let app = App::start().await;
    let cookie = told(&app, 120).await;
    for id in Kpi::ALL.iter().map(|kpi| kpi.code()) {
        let kpi = get(&app, &cookie, &format!("/api/v1/kpis/{id}")).await;
        let said: Vec<&str> = kpi["parts_of"].as_array().expect("labels").iter().filter_map(Value::as_str).collect();
        let has: Vec<&str> = kpi["parts"].as_array().expect("parts").iter().filter_map(|part| part["label"].as_str()).collect();
        // Of the sets of what holds something, and of the carriers, there are as many as there are.
        let (sets, carriers) = ("each set of all that holds one", "each of the ten carriers with most");
        let as_many = [sets, carriers, "all other carriers together"];
        let is = |label: &str, said: &str| match said {
            said if said == sets => true,
            said if said == carriers => label.starts_with("carrier ") || label == "no carrier told",
            said => label == said || label.starts_with(&format!("{said} (")),
        };
        for label in &has {
            assert!(said.iter().any(|said| is(label, said)), "{id} has “{label}” beside it: {said:?}");
        }
        for said in said.iter().filter(|said| !as_many.contains(said)) {
            assert!(has.iter().any(|label| is(label, said)), "{id} has “{said}” beside it: {has:?}");
        }
    }
}

#[tokio::test]
async fn prevented_duplicates_are_told_of_all_alone() {
    let app = App::start().await;
    let cookie = told(&app, 60).await;
    for (filter, parts) in [("", 1), ("carrier=NOBODY", 0), ("mode=road&region=EMEA", 0)] {
        let kpi = get(&app, &cookie, &format!("/api/v1/kpis/K20?{filter}")).await;
        assert_eq!(kpi["parts"].as_array().map(Vec::len), Some(parts), "{filter}: {kpi}");
    }
}
