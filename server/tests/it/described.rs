//! What the API answers is what its description says: each answer is held against its schema, member by member.

use crate::support::{
    app::{App, Ask},
    told::told,
};
use serde_json::Value;
use waybill_server::domain::metric::Kpi;

/// What a value has that its schema does not know, or lacks that it must have.
fn wrong(api: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(place) = schema["$ref"].as_str() {
        let named = api.pointer(place.trim_start_matches('#')).unwrap_or_else(|| panic!("{place} leads nowhere"));
        return wrong(api, named, value, at);
    }
    if let Some(either) = schema["oneOf"].as_array() {
        let fits = either.iter().any(|one| wrong(api, one, value, at).is_empty());
        return if fits { Vec::new() } else { vec![format!("{at}: {value} is none of {schema}")] };
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        Value::Array(some) => some.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
    };
    let whole_number = is == "integer" && types.contains(&"number");
    if !types.is_empty() && !types.contains(&is) && !whole_number {
        return vec![format!("{at}: {value} is {is}, not {types:?}")];
    }
    match value {
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(n, item)| wrong(api, &schema["items"], item, &format!("{at}[{n}]"))).collect()
        }
        Value::Object(members) => {
            let (properties, required) = parts(api, schema);
            let missing = required.iter().filter(|name| !members.contains_key(**name)).map(|name| format!("{at}: lacks {name}"));
            let mut found: Vec<String> = missing.collect();
            for (name, member) in members {
                match properties.iter().find(|(known, _)| known == name) {
                    Some((_, schema)) => found.extend(wrong(api, schema, member, &format!("{at}.{name}"))),
                    None => found.push(format!("{at}: {name} is not described")),
                }
            }
            found
        }
        _ => Vec::new(),
    }
}

/// Members that an object may have, and those that it must have; of all its parts together.
fn parts<'a>(api: &'a Value, schema: &'a Value) -> (Vec<(&'a str, &'a Value)>, Vec<&'a str>) {
    if let Some(place) = schema["$ref"].as_str() {
        return parts(api, api.pointer(place.trim_start_matches('#')).expect("leads somewhere"));
    }
    let own = schema["properties"].as_object().into_iter().flatten().map(|(name, schema)| (&**name, schema));
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let (mut properties, mut needed): (Vec<_>, Vec<_>) = (own.collect(), required.collect());
    for part in schema["allOf"].as_array().into_iter().flatten() {
        let (more, required) = parts(api, part);
        properties.extend(more);
        needed.extend(required);
    }
    (properties, needed)
}

#[tokio::test]
async fn key_figures_and_their_rows_are_as_they_are_described() {
    let app = App::start().await;
    let cookie = told(&app, 160).await;
    let api = app.send(Ask::get("/api/v1/openapi.json")).await.json();
    let schema = |path: &str| {
        let schema = &api["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        assert!(schema.is_object(), "{path} has no schema of its answer");
        schema
    };
    let (list, one, rows) = (schema("/api/v1/kpis"), schema("/api/v1/kpis/{id}"), schema("/api/v1/kpis/{id}/rows"));
    let mut asked = vec![("/api/v1/kpis".to_owned(), list)];
    for kpi in Kpi::ALL {
        asked.push((format!("/api/v1/kpis/{}?from=2026-05-01&to=2026-05-29&target=10", kpi.code()), one));
        asked.push((format!("/api/v1/kpis/{}/rows", kpi.code()), rows));
    }
    let mut told = 0;
    for (path, schema) in asked {
        let answer = app.send(Ask::get(&path).cookie(&cookie)).await.json();
        let found = wrong(&api, schema, &answer, &path);
        assert!(found.is_empty(), "{found:#?}");
        told += answer["items"].as_array().map_or(0, Vec::len) + answer["series"].as_array().map_or(0, Vec::len);
    }
    assert!(told > 100, "only {told} rows and weeks were held against their schema");
    // The comparison sees what is wrong.
    let mut answer = app.send(Ask::get("/api/v1/kpis/K1").cookie(&cookie)).await.json();
    answer["value"]["odd"] = 1.into();
    answer.as_object_mut().expect("an object").remove("n");
    answer["as_of"] = "now".into();
    assert_eq!(wrong(&api, one, &answer, "K1").len(), 3);
}
