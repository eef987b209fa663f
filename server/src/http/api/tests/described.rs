use super::*;
use crate::domain::event::EventType;

async fn get(path: &str) -> Response<Body> {
    let router = described(Some("/assets/main.css".into()));
    send(router, Request::get(path).body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn every_type_is_listed_with_its_schema() {
    let list = json(get("/api/v1/contracts").await).await;
    let items = list["items"].as_array().expect("a list");
    assert_eq!(items.len(), EventType::ALL.len());
    for item in items {
        let response = get(item["schema"].as_str().expect("a path")).await;
        assert_eq!(response.headers()["content-type"], "application/schema+json");
        let schema = json(response).await;
        assert_eq!(schema["title"], item["title"]);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    assert_eq!(
        problem(get("/api/v1/contracts/com.waybill.shipment.delivered.v2").await).await,
        (StatusCode::NOT_FOUND, "not_found".into())
    );
}

#[tokio::test]
async fn the_description_names_every_route_and_every_reference_in_it_leads_somewhere() {
    let api = json(get("/api/v1/openapi.json").await).await;
    for path in ["/api/v1/events", "/api/v1/events:stream", "/api/v1/contracts", "/api/v1/contracts/{type}"] {
        assert!(api["paths"][path].is_object(), "{path}");
    }
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| match (name.as_str(), value) {
                ("$ref", Value::String(place)) => found.push(place),
                _ => references(value, found),
            }),
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    references(&api, &mut found);
    assert!(!found.is_empty());
    for place in found {
        assert!(api.pointer(place.trim_start_matches('#')).is_some(), "{place}");
    }
}

#[tokio::test]
async fn what_goes_through_a_broker_is_described_whole() {
    use crate::domain::outward::NoticeKind;
    let api = json(get("/api/v1/asyncapi.json").await).await;
    assert_eq!(api["asyncapi"], "3.0.0");
    let of = |operation: &str| -> Vec<String> {
        let operation = &api["operations"][operation];
        let channel = operation["channel"]["$ref"].as_str().expect("a channel").trim_start_matches('#');
        assert!(api.pointer(channel).is_some_and(|channel| channel["address"].is_string()), "{channel}");
        let mut names = Vec::new();
        for message in operation["messages"].as_array().expect("messages") {
            // Of the channel's messages, and through them of the components.
            let place = message["$ref"].as_str().expect("a place").trim_start_matches('#');
            assert!(place.starts_with(channel), "{place}");
            let message = api.pointer(place).expect("leads somewhere")["$ref"].as_str().expect("a place").trim_start_matches('#');
            let message = api.pointer(message).expect("leads somewhere");
            let (name, schema) = (message["name"].as_str().expect("a name"), &message["payload"]["schema"]);
            assert_eq!(schema["properties"]["type"]["const"], name);
            assert_eq!(schema["properties"]["data"]["type"], "object", "{name}");
            names.push(name.to_owned());
        }
        names.sort();
        names
    };
    let sorted = |mut names: Vec<&'static str>| {
        names.sort_unstable();
        names
    };
    assert_eq!(api["operations"]["takeEvents"]["action"], "receive");
    assert_eq!(of("takeEvents"), sorted(EventType::ALL.iter().map(|t| t.name()).collect()));
    assert_eq!(api["operations"]["tellNotices"]["action"], "send");
    assert_eq!(of("tellNotices"), sorted(NoticeKind::ALL.iter().map(|kind| kind.name()).collect()));
    // What Waybill tells is never taken for what it was told.
    assert!(NoticeKind::ALL.iter().all(|kind| EventType::from_name(kind.name()).is_none()));
}

#[tokio::test]
async fn the_page_needs_nobody_else() {
    let response = get("/api/v1/docs").await;
    assert!(response.headers()["content-security-policy"].to_str().expect("text").starts_with("default-src 'none'"));
    let page = text(response).await;
    for absent in ["<script", "http://", "//cdn", " style=", "javascript:"] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(page.contains("<link rel=\"stylesheet\" href=\"/assets/main.css\">"));
    for event_type in EventType::ALL {
        assert!(page.contains(&format!("id=\"{}\"", event_type.name())));
    }
}

/// Each `.route("/api/v1…", …)` in the sources of this part, with the methods that it names.
fn routes_in_the_sources() -> Vec<(String, Vec<&'static str>)> {
    let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/http")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("is there").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = std::fs::read_to_string(&path).expect("is text");
                for call in source.split(".route(").skip(1).filter_map(|rest| rest.trim_start().strip_prefix("\"/api/v1")) {
                    let (path, rest) = call.split_once('"').expect("a literal ends");
                    let call = rest.split_once(".route(").map_or(rest, |(call, _)| call);
                    let call = call.lines().next().unwrap_or_default();
                    let methods = ["get", "post", "put", "patch", "delete"];
                    let named = methods.into_iter().filter(|method| call.contains(&format!("{method}(")));
                    found.push((format!("/api/v1{path}"), named.collect()));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn no_route_is_left_out_of_the_description() {
    let api = json(get("/api/v1/openapi.json").await).await;
    let routes = routes_in_the_sources();
    assert!(routes.len() > 6, "the sources are read");
    for (path, methods) in routes {
        // The description does not describe itself.
        if ["/api/v1/openapi.json", "/api/v1/docs"].contains(&path.as_str()) {
            continue;
        }
        assert!(!methods.is_empty(), "{path}");
        for method in methods {
            assert!(api["paths"][&path][method].is_object(), "{method} {path} is not described");
        }
    }
}
