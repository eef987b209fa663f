//! `GET /api/v1/asyncapi.json`: what goes through a broker, made out of the same types as the contracts and the notices.

use crate::domain::{
    event::{EventType, contract},
    outward::{self, NoticeKind},
};
use axum::{
    Router,
    http::header::{CACHE_CONTROL, CONTENT_TYPE},
    response::IntoResponse,
    routing::get,
};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// What payloads are schemas of.
const FORMAT: &str = "application/schema+json;version=draft-2020-12";
const MEDIA_TYPE: &str = "application/cloudevents+json";

/// The description (AsyncAPI 3) as JSON text.
pub fn asyncapi_json() -> &'static str {
    static JSON: LazyLock<String> =
        LazyLock::new(|| serde_json::to_string_pretty(&asyncapi()).expect("a description is made of text and numbers"));
    &JSON
}

/// `/api/v1/asyncapi.json`
pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/api/v1/asyncapi.json", get(answer))
}

#[utoipa::path(
    get,
    path = "/api/v1/asyncapi.json",
    tag = "contracts",
    operation_id = "readAsyncApi",
    responses((status = 200, description = "What goes through a broker: AsyncAPI 3", body = serde_json::Value))
)]
pub(super) async fn answer() -> impl IntoResponse {
    ([(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "public, max-age=300")], asyncapi_json())
}

fn asyncapi() -> Value {
    let (mut messages, mut taken, mut told, mut parts) = (Map::new(), Map::new(), Map::new(), Map::new());
    for event_type in EventType::ALL.iter().copied() {
        let (name, data) = (event_type.name(), shared(contract::schema(event_type), &mut parts));
        let mut message = message(name, event_type.title(), "its source's", data);
        message["examples"] = json!([{ "payload": contract::example(event_type) }]);
        messages.insert(name.into(), message);
        taken.insert(name.into(), reference("components/messages", name));
    }
    for kind in NoticeKind::ALL.iter().copied() {
        let name = kind.name();
        let data = shared(outward::schema(kind).to_value(), &mut parts);
        messages.insert(name.into(), message(name, kind.title(), "`waybill/live`", data));
        told.insert(name.into(), reference("components/messages", name));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Waybill through a broker",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Events in, and notices of what came of them out, over NATS JetStream. Addresses are the defaults of the settings.",
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": {
            "events": {
                "address": "waybill.in.{place}",
                "title": "Events",
                "description": "One event a message, structured or binary. Acknowledged after it is committed; what cannot be taken is kept \
                    in quarantine.",
                "parameters": { "place": { "description": "Whatever the senders agree on" } },
                "messages": taken,
            },
            "notices": {
                "address": "waybill.out.{environment}.{what}.{shipment}",
                "title": "Notices",
                "description": "At least once, and in the order of each shipment. `Nats-Msg-Id` is the notice's id.",
                "parameters": {
                    "environment": { "enum": ["live", "demo", "sandbox"], "description": "Whose world" },
                    "what": {
                        "enum": NoticeKind::ALL.iter().map(|kind| kind.code()).collect::<Vec<_>>(),
                        "description": "What is told",
                    },
                    "shipment": { "description": "A word that stands for the notice's subject: the first 16 digits of its SHA-256" },
                },
                "messages": told,
            },
        },
        "operations": {
            "takeEvents": operation("receive", "events", taken.keys()),
            "tellNotices": operation("send", "notices", told.keys()),
        },
        "components": { "messages": messages, "schemas": parts },
    })
}

fn reference(place: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/{place}/{name}") })
}

fn operation<'n>(action: &str, channel: &str, messages: impl Iterator<Item = &'n String>) -> Value {
    let place = format!("channels/{channel}/messages");
    json!({
        "action": action,
        "channel": reference("channels", channel),
        "messages": messages.map(|name| reference(&place, name)).collect::<Vec<_>>(),
    })
}

/// A CloudEvent of this type, whose `data` this schema describes.
fn message(name: &str, title: &str, source: &str, data: Value) -> Value {
    json!({
        "name": name,
        "title": title,
        "contentType": MEDIA_TYPE,
        "payload": {
            "schemaFormat": FORMAT,
            "schema": {
                "type": "object",
                "required": ["specversion", "id", "source", "type", "subject", "time"],
                "properties": {
                    "specversion": { "const": "1.0" },
                    "id": { "type": "string", "minLength": 1, "description": "With `source` the event's name, for ever" },
                    "source": { "type": "string", "minLength": 1, "description": format!("Who tells: {source}") },
                    "type": { "const": name },
                    "subject": { "type": "string", "minLength": 1, "description": "What it is about: mostly a shipment's reference" },
                    "time": { "type": "string", "format": "date-time" },
                    "sequence": { "type": "string" },
                    "data": data,
                },
            },
        },
    })
}

/// A payload's schema, which is a document of its own, as a part of this one: what it defines stands among the components, once for all.
fn shared(mut schema: Value, parts: &mut Map<String, Value>) -> Value {
    let members = schema.as_object_mut().expect("the schema of a payload is an object");
    members.remove("$id");
    members.remove("$schema");
    if let Some(Value::Object(definitions)) = members.remove("$defs") {
        for (name, definition) in definitions {
            parts.insert(name, json!({ "schemaFormat": FORMAT, "schema": pointed(definition) }));
        }
    }
    pointed(schema)
}

/// With every reference to a definition led to where it stands now.
fn pointed(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let led = |(key, value): (String, Value)| match value.as_str().and_then(|place| place.strip_prefix("#/$defs/")) {
                Some(name) if key == "$ref" => (key, format!("#/components/schemas/{name}/schema").into()),
                _ => (key, pointed(value)),
            };
            Value::Object(members.into_iter().map(led).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(pointed).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every reference below a value.
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let (description, mut found) = (asyncapi(), Vec::new());
        references(&description, &mut found);
        assert!(found.len() > 300, "{}", found.len());
        for reference in found {
            let place = reference.strip_prefix('#').expect("within this document");
            assert!(description.pointer(place).is_some(), "{reference}");
        }
    }

    #[test]
    fn what_has_one_name_is_one_thing() {
        let mut all = Map::new();
        for event_type in EventType::ALL.iter().copied() {
            let mut own = Map::new();
            shared(contract::schema(event_type), &mut own);
            for (name, definition) in own {
                let before = all.insert(name.clone(), definition.clone());
                assert!(before.is_none_or(|before| before == definition), "{name} of {}", event_type.name());
            }
        }
        assert!(all.contains_key("Money"));
    }
}
