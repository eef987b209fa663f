//! Jobs over many exceptions: seen and counted before they are started, told one by one.

use crate::{
    pages::{has, has_html},
    support::{fake::Mood, render::render},
};

#[tokio::test]
async fn all_that_match_is_offered_with_their_number() {
    let answer = render("/exceptions?cause=pod_missing%3Adhl&view=list", Mood::Well).await;
    has(&answer, "Work on all 52 exceptions that match");
    has_html(&answer, r#"action="/exceptions/bulk/prepare""#);
    has_html(&answer, r#"name="list" value="cause=pod_missing%3Adhl&amp;view=list""#);
    let looking = render("/exceptions", Mood::Looking).await;
    assert!(!looking.html.contains("/exceptions/bulk/prepare"));
    has(&render("/exceptions?refused=note", Mood::Well).await, "Nothing was prepared: write how they were solved");
    assert!(!render("/exceptions?state=verified", Mood::Well).await.html.contains("/exceptions/bulk/prepare"));
}

#[tokio::test]
async fn a_prepared_job_says_what_starting_it_will_do() {
    let answer = render("/exceptions/bulk/prepared", Mood::Well).await;
    has(&answer, "Give to amira 10,000 exceptions on 9,700 shipments");
    has(&answer, "Nothing is done yet. Starting it does this with 9,990 of 10,000; 10 are in a state in which");
    has(&answer, "1,250.50 EUR waiting");
    has(&answer, "Start: 10,000 exceptions Throw it away");
    has(&answer, "This can be undone.");
    has_html(&answer, r#"href="/exceptions?cause=pod_missing%3ADHL""#);
}

#[tokio::test]
async fn a_running_job_tells_how_far_it_has_come_and_can_be_stopped() {
    let answer = render("/exceptions/bulk/running", Mood::Well).await;
    has(&answer, "4,012 of 10,000 tried. 4,000 done, 12 left alone");
    has(&answer, "Pause Cancel what is left");
    has_html(&answer, r#"data-topics="exceptions""#);
    assert!(
        !render("/exceptions/bulk/running", Mood::Looking).await.text().contains("Cancel what is left"),
        "who may only look presses nothing"
    );
}

#[tokio::test]
async fn a_finished_job_tells_each_and_why_it_was_left_alone() {
    let answer = render("/exceptions/bulk/finished?result=refused", Mood::Well).await;
    has(&answer, "POD missing: DHL SH-1 Left alone eve changed it meanwhile: look at it again.");
    has(&answer, "Prepare to undo it");
    has_html(&answer, r#"href="/exceptions/bulk/finished?result=refused&amp;after=50""#);
    has(&render("/exceptions/bulk/finished?late=1", Mood::Well).await, "It had moved on before you pressed the button.");
}

#[tokio::test]
async fn jobs_are_for_those_who_may_read_exceptions() {
    has(&render("/exceptions/bulk", Mood::Well).await, "Give to amira Running 10,000");
    has(&render("/exceptions/bulk", Mood::Empty).await, "No job yet");
    for path in ["/exceptions/bulk", "/exceptions/bulk/prepared"] {
        assert_eq!(render(path, Mood::Few).await.status, Some(403), "{path}");
    }
    assert_eq!(render("/exceptions/bulk/prepared", Mood::Gone).await.status, Some(404));
}
