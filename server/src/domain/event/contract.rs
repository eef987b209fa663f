//! Contracts: the JSON Schema of each type's `data`, with an example.

use super::{EventType, SubjectKind, data};
use serde_json::{Value, json};

/// The number at the end of the type.
pub fn version(event_type: EventType) -> u32 {
    event_type.name().rsplit_once(".v").and_then(|(_, version)| version.parse().ok()).expect("every type ends in its version")
}

/// Where the schema is served.
pub fn path(event_type: EventType) -> String {
    format!("/api/v1/contracts/{}", event_type.name())
}

/// The contract as it is served and kept in the repository.
pub fn text(event_type: EventType) -> String {
    let mut text = serde_json::to_string_pretty(&schema(event_type)).expect("a schema is JSON");
    text.push('\n');
    text
}

/// The JSON Schema (2020-12) of `data`.
pub fn schema(event_type: EventType) -> Value {
    let mut schema = data::schema(event_type).to_value();
    let members = schema.as_object_mut().expect("the schema of a payload is an object");
    members.insert("$id".into(), path(event_type).into());
    members.insert("title".into(), event_type.title().into());
    let subject = match event_type.subject_kind() {
        SubjectKind::Shipment => "shipment",
        SubjectKind::Order => "order",
    };
    members.insert("x-type".into(), event_type.name().into());
    members.insert("x-subject".into(), subject.into());
    if let Some(data) = example(event_type).get("data") {
        members.insert("examples".into(), json!([data]));
    }
    schema
}

/// One event of this type.
pub fn example(event_type: EventType) -> Value {
    serde_json::from_str(event_type.example()).expect("a test reads every example")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        event::{Limits, ReadTerms, milestone, read},
        time::Instant,
    };
    use std::{fs, path::PathBuf};

    fn folder() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("contracts")
    }

    /// `UPDATE_CONTRACTS=1 cargo test` rewrites the files; what changed is then seen in the diff.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "asks the one who runs the test, not a setting")]
    fn the_schemas_in_the_repository_are_those_of_the_types() {
        let update = std::env::var_os("UPDATE_CONTRACTS").is_some();
        for event_type in EventType::ALL {
            let file = folder().join(format!("{}.json", event_type.name()));
            if update {
                fs::write(&file, text(*event_type)).expect("the folder can be written");
            }
            let kept = fs::read_to_string(&file).unwrap_or_default();
            assert!(kept == text(*event_type), "{} is not what the types say; run again with UPDATE_CONTRACTS=1", file.display());
        }
        let files = fs::read_dir(folder()).expect("is there").filter_map(Result::ok);
        assert_eq!(files.filter(|file| file.path().is_file()).count(), EventType::ALL.len(), "a contract without its type");
    }

    #[test]
    fn every_example_is_an_event_of_its_type_and_names_only_what_its_contract_does() {
        // 2027-01-01T00:00:00Z
        let terms = ReadTerms { now: Instant(1_798_761_600 * Instant::SECOND), limits: Limits::DEFAULT };
        for event_type in EventType::ALL.iter().copied() {
            let event =
                read(event_type.example().as_bytes(), &terms).unwrap_or_else(|r| panic!("{}: {}", event_type.name(), r.reason));
            assert_eq!(event.event_type, event_type);
            if let Some(key) = milestone(event_type) {
                assert!(event.claims.iter().any(|claim| claim.key == key), "{} does not claim {key:?}", event_type.name());
            }
            let schema = schema(event_type);
            let data = example(event_type)["data"].clone();
            for name in data.as_object().expect("an object").keys() {
                assert!(schema["properties"].get(name).is_some(), "{}: {name} is in no contract", event_type.name());
            }
        }
    }

    #[test]
    fn a_contract_says_what_is_required() {
        let schema = schema(EventType::EventRetracted);
        assert_eq!(schema["required"], json!(["retracts"]));
        assert_eq!(schema["$id"], "/api/v1/contracts/com.waybill.event.retracted.v1");
        assert_eq!(version(EventType::EventRetracted), 1);
    }
}
