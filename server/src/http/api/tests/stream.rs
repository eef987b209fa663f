use super::*;
use axum::body::Bytes;
use futures::{StreamExt, stream};

const PATH: &str = "/api/v1/events:stream";
const NDJSON: (&str, &str) = ("content-type", "application/x-ndjson");

/// `e-1` to `e-<n>`, one a line; every line of a multiple of `bad` is no event.
fn lines(n: usize, bad: usize) -> String {
    (1..=n).map(|i| if i % bad == 0 { format!("{{\"id\":\"e-{i}\"}}\n") } else { event(&format!("e-{i}")) + "\n" }).collect()
}

fn ids(n: usize) -> Vec<String> {
    (1..=n).map(|i| format!("e-{i}")).collect()
}

async fn answers(response: Response<Body>) -> Vec<Value> {
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/x-ndjson");
    text(response).await.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[tokio::test]
async fn only_problems_and_a_summary_come_back() {
    let fake = Fake::with([]);
    let answers = answers(send(open(&fake), post(PATH, &[NDJSON], lines(1200, 400))).await).await;
    assert_eq!(fake.ids(), ids(1200));
    assert_eq!(fake.sizes(), [500, 500, 200]);
    assert_eq!(answers.iter().map(|a| a["line"].as_u64()).collect::<Vec<_>>(), [Some(400), Some(800), Some(1200), None]);
    assert_eq!(
        answers[0],
        serde_json::json!({"line": 400, "outcome": "quarantined", "quarantine_id": "q-400", "code": "attribute_missing",
            "reason": "/specversion: is missing", "place": "/specversion"})
    );
    assert_eq!(
        answers[3],
        serde_json::json!({"summary": {"lines": 1200, "committed": 1200, "accepted": 1197, "duplicate": 0, "amended": 0,
            "conflict": 0, "quarantined": 3}})
    );
}

#[tokio::test]
async fn all_results_come_back_when_asked_for() {
    let fake = Fake::with([]);
    let answers = answers(send(open(&fake), post(&format!("{PATH}?results=all"), &[NDJSON], lines(3, 2))).await).await;
    let seen: Vec<_> = answers.iter().map(|a| (a["line"].as_u64(), a["outcome"].as_str())).collect();
    assert_eq!(seen, [(Some(1), Some("accepted")), (Some(2), Some("quarantined")), (Some(3), Some("accepted")), (None, None)]);
    let response = send(open(&fake), post(&format!("{PATH}?results=some"), &[NDJSON], "")).await;
    assert_eq!(problem(response).await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn progress_is_reported_on_the_way() {
    let answers = answers(send(open(&Fake::with([])), post(PATH, &[NDJSON], lines(20_400, 100_000))).await).await;
    let progress: Vec<_> = answers.iter().filter_map(|a| a["progress"]["committed"].as_u64()).collect();
    assert_eq!(progress, [10_000, 20_000]);
    assert_eq!(answers.last().expect("a summary")["summary"]["committed"], 20_400);
}

#[tokio::test]
async fn an_empty_stream_is_done_at_once() {
    for body in ["", "\n\n \n"] {
        let answers = answers(send(open(&Fake::with([])), post(PATH, &[NDJSON], body)).await).await;
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0]["summary"]["committed"], 0);
    }
}

#[tokio::test]
async fn a_busy_writer_is_waited_for_and_nothing_is_lost_or_sent_twice() {
    let fake = Fake::with([Turn::Take, Turn::Busy, Turn::Take]);
    let answers = answers(send(open(&fake), post(PATH, &[NDJSON], lines(1100, 7))).await).await;
    // The slice that had to wait comes after those that did not.
    let (mut taken, mut sent) = (fake.ids(), ids(1100));
    taken.sort_unstable();
    sent.sort_unstable();
    assert!(taken == sent, "{} of {}", taken.len(), sent.len());
    assert_eq!(answers.last().expect("a summary")["summary"]["committed"], 1100);
}

#[tokio::test]
async fn when_the_store_goes_away_the_summary_says_how_far_it_came() {
    let fake = Fake::with([Turn::Take, Turn::Fail]);
    let body = format!("\n{}", lines(1100, 2000));
    let answers = answers(send(open(&fake), post(PATH, &[NDJSON], body)).await).await;
    let summary = &answers.last().expect("a summary")["summary"];
    assert_eq!((summary["committed"].as_u64(), summary["lines"].as_u64()), (Some(500), Some(501)));
    assert_eq!(summary["problem"]["code"], "unavailable");
}

#[tokio::test]
async fn half_a_line_of_a_broken_stream_is_not_taken() {
    let sent = [Ok(Bytes::from(lines(3, 9))), Ok(Bytes::from("{\"specversion\":\"1.0\"")), Err(std::io::Error::other("cable"))];
    let fake = Fake::with([]);
    let answers = answers(send(open(&fake), post(PATH, &[NDJSON], Body::from_stream(stream::iter(sent)))).await).await;
    assert_eq!(fake.ids(), ids(3));
    assert_eq!(answers[0]["summary"]["problem"]["code"], "body_unreadable");
    assert_eq!(answers[0]["summary"]["committed"], 3);
}

#[tokio::test]
async fn an_over_long_line_is_kept_in_part_and_the_rest_goes_on() {
    let long = event("long").replace("S-1", &"x".repeat(Limits::DEFAULT.event));
    let fake = Fake::with([]);
    let body = format!("{}{long}\n{}", lines(1, 9), event("after"));
    let answers = answers(send(open(&fake), post(PATH, &[NDJSON], body)).await).await;
    assert_eq!(fake.ids(), ["e-1", "long", "after"]);
    assert_eq!((answers[0]["line"].as_u64(), answers[0]["code"].as_str()), (Some(2), Some("event_too_large")));
}

#[tokio::test]
async fn large_events_make_small_slices() {
    let large =
        event("large").replace("\"seal\":\"S-1\"", &format!("\"a\":[{}0]", format!("\"{}\",", "x".repeat(9000)).repeat(20)));
    let fake = Fake::with([]);
    send(open(&fake), post(PATH, &[NDJSON], [large.as_str(); 30].join("\n"))).await.into_body().collect().await.expect("whole");
    assert_eq!(fake.sizes(), [12, 12, 6]);
}

#[tokio::test]
async fn a_slow_stream_is_committed_on_its_way() {
    let (more, rest) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    more.send(Ok(Bytes::from(lines(2, 9) + "{\"half\""))).await.expect("open");
    let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(rest));
    let fake = Fake::with([]);
    let response = send(open(&fake), post(PATH, &[NDJSON], body)).await;
    assert_eq!(fake.ids(), ids(2), "committed while the sender is still there");
    more.send(Ok(Bytes::from(":1}\n"))).await.expect("open");
    drop(more);
    let mut answers = response.into_body().into_data_stream();
    let mut whole = Vec::new();
    while let Some(piece) = answers.next().await {
        whole.extend_from_slice(&piece.expect("whole"));
    }
    assert_eq!(fake.sizes(), [2, 1]);
    assert!(String::from_utf8_lossy(&whole).contains("\"committed\":3"));
}

#[tokio::test]
async fn gzip_streams_are_opened_as_they_come() {
    use std::io::Write;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(lines(3000, 9999).as_bytes()).expect("memory takes it");
    let body = encoder.finish().expect("memory takes it");
    let fake = Fake::with([]);
    let answers = answers(send(open(&fake), post(PATH, &[NDJSON, ("content-encoding", "gzip")], body)).await).await;
    assert_eq!(answers[0]["summary"]["committed"], 3000);
    let response = send(open(&fake), post(PATH, &[NDJSON, ("content-encoding", "zstd")], "")).await;
    assert_eq!(problem(response).await, (StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_encoding_unsupported".into()));
}

#[tokio::test]
async fn a_stopping_server_ends_the_stream_in_order() {
    let (more, rest) = tokio::sync::mpsc::channel::<Result<Bytes, std::io::Error>>(4);
    let body = Body::from_stream(tokio_stream::wrappers::ReceiverStream::new(rest));
    more.send(Ok(Bytes::from(lines(2, 9)))).await.expect("open");
    let fake = Fake::with([]);
    let door = door(&fake, Clock::standing(Instant(1_773_144_000 * Instant::SECOND)));
    let shutdown = door.shutdown.clone();
    let response = send(open_as(door), post(PATH, &[NDJSON], body)).await;
    more.send(Ok(Bytes::from(lines(3, 9)))).await.expect("open");
    tokio::task::yield_now().await;
    shutdown.begin();
    let answers = answers(response).await;
    let summary = &answers.last().expect("a summary")["summary"];
    assert_eq!(summary["problem"]["code"], "unavailable");
    assert_eq!(summary["committed"].as_u64(), Some(fake.ids().len() as u64));
}
