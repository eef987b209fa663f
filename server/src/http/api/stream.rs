//! `POST /api/v1/events:stream`: events as lines, without end and in constant memory.
//!
//! One task reads and parses lines while the answer's stream commits them, slice by slice, and writes what became of them. At
//! most eleven slices are in memory: one being read, two waiting, eight with the writer; twenty-five where the database is a server.

use super::{
    Door, Shown, Wishes, body,
    result::{EventResult, Outcome, Tally},
};
use crate::{
    domain::{
        access::Actor,
        receipt::{Inbound, IntakeTerms, Lane, Receipt},
    },
    http::{Problem, auth::Who},
    intake::ndjson::{self, Content, Line, Lines},
    service::intake::IntakeError,
    telemetry,
};
use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::{
    StreamExt,
    stream::{self, FuturesOrdered},
};
use serde::Serialize;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{sync::mpsc, task::JoinHandle, time::sleep};
use tracing::{Instrument, Span};

/// Events in a slice.
const SLICE: usize = 500;
/// How many slices of a stream are in memory at a time.
#[derive(Clone, Copy)]
pub struct Room {
    /// With the writer.
    at_once: usize,
    /// Waiting for one of these places, so that the writer finds several when it is done with a commit.
    waiting: usize,
}

impl Room {
    /// Where the database is in this process.
    pub const NEAR: Self = Self { at_once: 8, waiting: 2 };
    /// Where it is a server: the writer takes more at once.
    pub const FAR: Self = Self { at_once: 16, waiting: 8 };
}

/// Bytes in a slice, whatever its number of events.
const SLICE_BYTES: usize = 2 << 20;
/// A slow stream's events are committed after this much silence.
const SILENCE: Duration = Duration::from_millis(100);
/// Events between two reports of progress.
const REPORT: u64 = 10_000;
/// How long a busy writer is waited for before the stream is given up.
const PATIENCE: Duration = Duration::from_secs(60);

/// Takes a stream of events, one JSON text a line.
///
/// Answers with lines too: a result for each event that went to quarantine or conflicts (with `results=all` for every event),
/// `{"progress": …}` now and then, and `{"summary": …}` at the end. Read the answer while sending. If the summary is missing or
/// has a `problem`, skip as many lines as the last report says and send the rest again; sending too much does no harm.
#[utoipa::path(
    post,
    path = "/api/v1/events:stream",
    tag = "events",
    operation_id = "streamEvents",
    params(
        ("results" = Option<String>, Query, description = "`problems` (default) or `all`"),
        ("waybill-mode" = Option<String>, Header, description = "`history` for old data: no timers, no alerts"),
        ("mode" = Option<String>, Query, description = "The same, where headers cannot be set"),
    ),
    request_body(
        description = "CloudEvents 1.0 in structured mode, one a line, each at most 256 KiB. As gzip, br or plain.",
        content((String = "application/x-ndjson"))
    ),
    responses(
        (status = 200, description = "Results, progress and a summary, one a line", body = EventResult, content_type = "application/x-ndjson"),
        (status = 401, response = super::openapi::Failure),
        (status = 403, response = super::openapi::Failure),
        (status = 415, response = super::openapi::Failure),
        (status = 422, response = super::openapi::Failure),
        (status = 429, response = super::openapi::Busy),
        (status = 503, response = super::openapi::Busy),
    ),
    security(("key" = [])),
)]
pub(super) async fn take(
    State(door): State<Door>,
    Who(actor): Who,
    wishes: Wishes,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    body::known_encoding(&headers)?;
    let terms = wishes.terms(&actor, Lane::Bulk);
    // Who may not send is told so, whatever comes, and before any of it is read.
    door.intake.submit(&actor, terms, Vec::new()).await?;
    let (pieces_in, pieces) = mpsc::channel(door.room.waiting);
    tokio::spawn(read(sent.into_data_stream(), door.clone(), pieces_in));
    let mut taking = Taking {
        door,
        actor,
        terms,
        shown: wishes.results,
        pieces,
        under_way: FuturesOrdered::new(),
        last: None,
        tally: Tally::default(),
        reported: 0,
        ended: false,
        request: telemetry::current_request(),
    };
    // The first slice decides the answer's status; after it there is no way back to a plain refusal.
    let first = taking.first().await?;
    // The answer's body is made after this handler has ended, so the request's span goes along.
    let span = Span::current();
    let rest = stream::unfold((taking, span), async |(mut taking, span)| {
        let lines = taking.next().instrument(span.clone()).await?;
        Some((Ok(lines), (taking, span)))
    });
    let lines = stream::once(async { Ok::<_, Infallible>(first) }).chain(rest);
    Ok((StatusCode::OK, [(header::CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(lines)).into_response())
}

/// Lines that are committed together.
#[derive(Debug, Default)]
struct Slice {
    lines: Vec<Line>,
    items: Vec<Inbound>,
    bytes: usize,
    /// Lines of the stream that had ended, blank ones included.
    ended: u64,
}

#[derive(Debug)]
enum Piece {
    Slice(Slice),
    /// All is read.
    End {
        lines: u64,
    },
    /// The body cannot be read on.
    Broken(Problem),
}

/// Nobody takes slices any more: the sender is gone.
struct Gone;

async fn read(sent: BodyDataStream, door: Door, out: mpsc::Sender<Piece>) {
    // The receiver being gone is the end of this task, and no fault.
    let _ = read_slices(sent, &door, &out).await;
}

async fn read_slices(mut sent: BodyDataStream, door: &Door, out: &mpsc::Sender<Piece>) -> Result<(), Gone> {
    let mut lines = Lines::new(door.limits.event);
    let mut slice = Slice::default();
    let send = async |piece| out.send(piece).await.map_err(|_| Gone);
    loop {
        while let Some(line) = lines.next_line() {
            slice.push(line, door);
            if slice.items.len() >= SLICE || slice.bytes >= SLICE_BYTES {
                slice.ended = lines.ended();
                send(Piece::Slice(std::mem::take(&mut slice))).await?;
            } else if slice.items.len().is_multiple_of(64) {
                // Others want this thread too.
                tokio::task::yield_now().await;
            }
        }
        let chunk = tokio::select! {
            biased;
            () = door.shutdown.asked() => Some(Err(stopping())),
            chunk = sent.next() => chunk.map(|chunk| chunk.map_err(|error| body::unreadable(&error))),
            () = out.closed() => return Err(Gone),
            () = sleep(SILENCE), if !slice.items.is_empty() => {
                slice.ended = lines.ended();
                send(Piece::Slice(std::mem::take(&mut slice))).await?;
                continue;
            }
        };
        let last = match chunk {
            Some(Ok(chunk)) => {
                lines.feed(chunk);
                continue;
            }
            // What has no end is not taken for a line: it may be half an event.
            Some(Err(problem)) => Piece::Broken(problem),
            None => {
                if let Some(line) = lines.finish() {
                    slice.push(line, door);
                }
                Piece::End { lines: lines.ended() }
            }
        };
        slice.ended = lines.ended();
        if !slice.items.is_empty() {
            send(Piece::Slice(slice)).await?;
        }
        return send(last).await;
    }
}

fn stopping() -> Problem {
    Problem::unavailable().detail("This server is stopping; send what is left to the next.")
}

impl Slice {
    fn push(&mut self, line: Line, door: &Door) {
        self.items.push(ndjson::read(&line, &door.terms()));
        let (Content::Whole(bytes) | Content::Cut(bytes)) = &line.content;
        self.bytes += bytes.len();
        self.lines.push(line);
    }
}

/// A slice, and what was answered to it.
type Committed = (Slice, Result<Vec<Receipt>, Problem>);

async fn piece(pieces: &mut mpsc::Receiver<Piece>) -> Piece {
    // Without a word at its end, the reading task did not end well.
    pieces.recv().await.unwrap_or_else(|| Piece::Broken(Problem::internal()))
}

/// Commits a slice, waiting for a busy writer while nothing more is read.
async fn commit(door: Door, actor: Arc<Actor>, terms: IntakeTerms, mut slice: Slice) -> Committed {
    let mut items = std::mem::take(&mut slice.items);
    let mut waited = Duration::ZERO;
    loop {
        let wait = match door.intake.submit(&actor, terms, items).await {
            Ok(receipts) => return (slice, Ok(receipts)),
            Err(IntakeError::Busy { retry_after }) if waited < PATIENCE => {
                retry_after.clamp(Duration::from_millis(5), Duration::from_secs(2))
            }
            Err(error) => return (slice, Err(error.into())),
        };
        sleep(wait).await;
        waited += wait;
        let terms = door.terms();
        items = slice.lines.iter().map(|line| ndjson::read(line, &terms)).collect();
    }
}

struct Taking {
    door: Door,
    actor: Arc<Actor>,
    terms: IntakeTerms,
    shown: Shown,
    pieces: mpsc::Receiver<Piece>,
    /// Slices that are being committed, in their order: the writer has the next when it is done with one.
    under_way: FuturesOrdered<JoinHandle<Committed>>,
    /// How the stream ended, while slices are still under way.
    last: Option<Piece>,
    tally: Tally,
    /// Events at the last report.
    reported: u64,
    ended: bool,
    /// The request's id, for the summary's problem.
    request: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Report {
    Progress(Tally),
    Summary {
        #[serde(flatten)]
        tally: Tally,
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<Problem>,
    },
}

impl Taking {
    /// The first piece: whatever stops it is the whole answer.
    async fn first(&mut self) -> Result<Bytes, Problem> {
        match piece(&mut self.pieces).await {
            Piece::Slice(mut slice) => {
                let items = std::mem::take(&mut slice.items);
                let receipts = self.door.intake.submit(&self.actor, self.terms, items).await?;
                Ok(self.answer(&slice, receipts))
            }
            Piece::End { lines } => Ok(self.end(lines)),
            Piece::Broken(problem) => Err(problem),
        }
    }

    /// The next lines of the answer; `None` after the summary.
    async fn next(&mut self) -> Option<Bytes> {
        while !self.ended {
            tokio::select! {
                biased;
                Some(done) = self.under_way.next() => return Some(match done {
                    Ok((slice, Ok(receipts))) => self.answer(&slice, receipts),
                    Ok((_, Err(problem))) => self.give_up(problem),
                    Err(_) => self.give_up(Problem::internal()),
                }),
                piece = piece(&mut self.pieces), if self.last.is_none() && self.under_way.len() < self.door.room.at_once => match piece {
                    Piece::Slice(slice) => {
                        let commit = commit(self.door.clone(), Arc::clone(&self.actor), self.terms, slice);
                        self.under_way.push_back(tokio::spawn(commit.in_current_span()));
                    }
                    last => self.last = Some(last),
                },
                else => return Some(match self.last.take() {
                    Some(Piece::End { lines }) => self.end(lines),
                    Some(Piece::Broken(problem)) => self.give_up(problem),
                    _ => self.give_up(Problem::internal()),
                }),
            }
        }
        None
    }

    fn answer(&mut self, slice: &Slice, receipts: Vec<Receipt>) -> Bytes {
        let mut out = Vec::new();
        for (line, receipt) in slice.lines.iter().zip(receipts) {
            let result = EventResult { line: Some(line.number), ..receipt.into() };
            self.tally.count(result.outcome);
            let problem = matches!(result.outcome, Outcome::Conflict | Outcome::Quarantined);
            if problem || self.shown == Shown::All {
                write(&mut out, &result);
            }
        }
        self.tally.lines = slice.ended;
        if self.tally.committed >= self.reported + REPORT {
            self.reported = self.tally.committed;
            write(&mut out, &Report::Progress(self.tally));
        }
        out.into()
    }

    fn end(&mut self, lines: u64) -> Bytes {
        self.tally.lines = lines;
        self.summary(None)
    }

    fn give_up(&mut self, problem: Problem) -> Bytes {
        let problem = problem.of_request(self.request.take());
        self.summary(Some(problem))
    }

    fn summary(&mut self, problem: Option<Problem>) -> Bytes {
        self.ended = true;
        // The reading task stops at its next slice, and with it the connection's body.
        self.pieces.close();
        let mut out = Vec::new();
        write(&mut out, &Report::Summary { tally: self.tally, problem });
        out.into()
    }
}

fn write(out: &mut Vec<u8>, line: &impl Serialize) {
    serde_json::to_writer(&mut *out, line).expect("text and numbers are JSON, and memory takes it");
    out.push(b'\n');
}
