use super::*;
use crate::domain::receipt::Lane;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

const PATH: &str = "/api/v1/events";
const STRUCTURED: (&str, &str) = ("content-type", "application/cloudevents+json; charset=UTF-8");
const BATCH: (&str, &str) = ("content-type", "application/cloudevents-batch+json");
const JSON: (&str, &str) = ("content-type", "application/json");

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn brotli(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 3, 18).write_all(text).expect("memory takes it");
    out
}

#[tokio::test]
async fn one_event_in_each_form() {
    let fake = Fake::with([]);
    for (headers, body) in [
        (vec![STRUCTURED], event("a")),
        (vec![JSON], event("b")),
        (
            vec![
                JSON,
                ("ce-specversion", "1.0"),
                ("ce-id", "c"),
                ("ce-source", "/wms"),
                ("ce-type", "com.waybill.shipment.loaded.v1"),
                ("ce-subject", "SH-1"),
                ("ce-time", "2026-03-09T14:05:00Z"),
            ],
            "{\"seal\":\"S-1\"}".to_owned(),
        ),
        (vec![BATCH], format!("[{}]", event("d"))),
        (vec![JSON], format!(" [{}]", event("e"))),
    ] {
        let response = send(open(&fake), post(PATH, &headers, body)).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(json(response).await["results"][0]["outcome"], "accepted");
    }
    assert_eq!(fake.ids(), ["a", "b", "c", "d", "e"]);
    assert_eq!(fake.terms(), IntakeTerms { environment: Environment::Sandbox, history: false, lane: Lane::Single });
    let taken = fake.taken.lock().expect("alive");
    let hashes: Vec<_> = taken
        .iter()
        .flat_map(|(_, items)| items)
        .map(|item| match item {
            Inbound::Event(event) => event.body_hash,
            Inbound::Refused(refusal) => panic!("{refusal:?}"),
        })
        .collect();
    assert!(hashes.windows(2).all(|pair| pair[0] == pair[1]), "the form makes no difference");
}

#[tokio::test]
async fn results_stand_in_the_order_of_the_batch() {
    let fake = Fake::with([]);
    let body = format!("[{}, {{\"id\":\"x\"}}, {}]", event("a"), event("b"));
    let results = json(send(open(&fake), post(PATH, &[BATCH], body)).await).await;
    assert_eq!(
        results,
        serde_json::json!({"results": [
            {"outcome": "accepted", "seq": 1},
            {"outcome": "quarantined", "quarantine_id": "q-2", "code": "attribute_missing", "place": "/specversion",
                "reason": "/specversion: is missing"},
            {"outcome": "accepted", "seq": 3},
        ]})
    );
    let empty = json(send(open(&fake), post(PATH, &[BATCH], "[]")).await).await;
    assert_eq!(empty, serde_json::json!({"results": []}));
}

#[tokio::test]
async fn a_large_batch_leaves_the_fast_lane() {
    let fake = Fake::with([]);
    let body = format!("[{}]", vec![event("a"); 51].join(","));
    send(open(&fake), post(PATH, &[BATCH], body)).await;
    assert_eq!(fake.terms().lane, Lane::Bulk);
}

#[tokio::test]
async fn what_is_no_event_goes_to_quarantine_and_is_answered_so() {
    for body in ["nonsense", "{\"specversion\":", "\u{0}", "17", "{}"] {
        let fake = Fake::with([]);
        let response = send(open(&fake), post(PATH, &[STRUCTURED], body)).await;
        assert_eq!(response.status(), StatusCode::OK, "{body}");
        assert_eq!(json(response).await["results"][0]["outcome"], "quarantined", "{body}");
        let taken = fake.taken.lock().expect("alive");
        assert!(matches!(&taken[0].1[..], [Inbound::Refused(refusal)] if refusal.raw == body.as_bytes()));
    }
}

#[tokio::test]
async fn old_data_is_marked_by_header_or_query() {
    for (path, header, history) in [
        (PATH, ("waybill-mode", "history"), true),
        ("/api/v1/events?mode=history", ("x-nothing", ""), true),
        ("/api/v1/events?mode=history", ("waybill-mode", "live"), false),
        (PATH, ("waybill-mode", "live"), false),
    ] {
        let fake = Fake::with([]);
        send(open(&fake), post(path, &[JSON, header], event("a"))).await;
        assert_eq!(fake.terms().history, history, "{path} {header:?}");
    }
    for (path, header) in [(PATH, ("waybill-mode", "past")), ("/api/v1/events?mode=past", ("x-nothing", ""))] {
        let response = send(open(&Fake::with([])), post(path, &[JSON, header], event("a"))).await;
        assert_eq!(problem(response).await, (StatusCode::UNPROCESSABLE_ENTITY, "invalid".into()));
    }
}

#[tokio::test]
async fn what_the_intake_says_is_a_problem_with_its_status() {
    for (turn, status, code, retry_after) in [
        (Turn::Busy, StatusCode::TOO_MANY_REQUESTS, "too_many_requests", Some("2")),
        (Turn::Forbid, StatusCode::FORBIDDEN, "forbidden", None),
        (Turn::Fail, StatusCode::SERVICE_UNAVAILABLE, "unavailable", Some("1")),
    ] {
        for path in [PATH, "/api/v1/events:stream"] {
            let response = send(open(&Fake::with([turn])), post(path, &[JSON], event("a"))).await;
            assert_eq!(response.headers().get("retry-after").map(|v| v.to_str().expect("digits")), retry_after);
            let whole = text(response).await;
            assert!(!whole.contains("secret"), "{whole}");
            let whole: Value = serde_json::from_str(&whole).expect("JSON");
            assert_eq!((whole["code"].as_str(), whole["status"].as_u64()), (Some(code), Some(status.as_u16().into())));
        }
    }
}

#[tokio::test]
async fn nobody_is_told_so() {
    for path in [PATH, "/api/v1/events:stream"] {
        let router = routes(door(&Fake::with([]), Clock::standing(Instant(0))));
        let response = send(router, post(path, &[STRUCTURED], event("a"))).await;
        assert_eq!(problem(response).await, (StatusCode::UNAUTHORIZED, "unauthorized".into()));
    }
}

#[tokio::test]
async fn what_nobody_understands_is_not_taken() {
    for (headers, code) in [
        (vec![], "content_type_unsupported"),
        (vec![("content-type", "text/plain")], "content_type_unsupported"),
        (vec![("content-type", "application/x-ndjson")], "content_type_unsupported"),
        (vec![("content-type", "application/cloudevents+avro")], "content_type_unsupported"),
        (vec![STRUCTURED, ("content-encoding", "zstd")], "content_encoding_unsupported"),
    ] {
        let fake = Fake::with([]);
        let response = send(open(&fake), post(PATH, &headers, event("a"))).await;
        assert_eq!(problem(response).await, (StatusCode::UNSUPPORTED_MEDIA_TYPE, code.into()), "{headers:?}");
        assert!(fake.sizes().is_empty());
    }
    let response = send(open(&Fake::with([])), post(PATH, &[STRUCTURED], " \n")).await;
    assert_eq!(problem(response).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn bodies_may_be_compressed() {
    let fake = Fake::with([]);
    for (encoding, body) in
        [("gzip", gzip(event("a").as_bytes())), ("br", brotli(event("a").as_bytes())), ("identity", event("a").into_bytes())]
    {
        let response = send(open(&fake), post(PATH, &[STRUCTURED, ("content-encoding", encoding)], body)).await;
        assert_eq!(json(response).await["results"][0]["outcome"], "accepted", "{encoding}");
    }
}

#[tokio::test]
async fn too_much_is_refused_whole() {
    let large = vec![b' '; Limits::DEFAULT.body + 1];
    let bomb = vec![b' '; Limits::DEFAULT.decompressed + 1];
    let many = format!("[{}0]", "0,".repeat(Limits::DEFAULT.batch));
    for (headers, body, code) in [
        (vec![STRUCTURED], large, "body_too_large"),
        (vec![STRUCTURED, ("content-encoding", "gzip")], gzip(&bomb), "body_too_large"),
        (vec![STRUCTURED, ("content-encoding", "br")], brotli(&bomb), "body_too_large"),
        (vec![BATCH], many.into_bytes(), "batch_too_large"),
    ] {
        let fake = Fake::with([]);
        let response = send(open(&fake), post(PATH, &headers, body)).await;
        assert_eq!(problem(response).await, (StatusCode::PAYLOAD_TOO_LARGE, code.into()));
        assert!(fake.sizes().is_empty());
    }
}

#[tokio::test]
async fn compressed_bytes_count_before_they_are_opened() {
    // Noise does not shrink: more than a request's limit even as gzip.
    let mut state = 1_u32;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    })
    .take(Limits::DEFAULT.body + 4096)
    .collect();
    let response = send(open(&Fake::with([])), post(PATH, &[STRUCTURED, ("content-encoding", "gzip")], gzip(&noise))).await;
    assert_eq!(problem(response).await, (StatusCode::PAYLOAD_TOO_LARGE, "body_too_large".into()));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_bad_request() {
    let whole = gzip(event("a").as_bytes());
    for body in [whole[..whole.len() / 2].to_vec(), b"no gzip at all".to_vec()] {
        let response = send(open(&Fake::with([])), post(PATH, &[STRUCTURED, ("content-encoding", "gzip")], body)).await;
        assert_eq!(problem(response).await, (StatusCode::BAD_REQUEST, "body_unreadable".into()));
    }
}
