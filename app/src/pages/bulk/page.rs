//! One job: seen and counted before anything is done, followed while it runs, told one by one.

use super::items::{Shown, items};
use crate::{
    api::Here,
    components::{
        badge::{Tone, badge},
        erased::{Erase, Later},
        exception::sums,
        freshness::as_of,
        notice::notice,
        states,
        words::{count, counted, moment},
    },
    error::AppError,
    model::{BulkItem, BulkJob, BulkState, BulkTurn, Flash, Page},
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// Reads the job and a part of its set, and shows them.
pub(super) fn body(address: Address) -> Later {
    let (id, late) = (address.part("id"), address.get("late").is_some());
    let flash = address.get("flash").unwrap_or_default();
    let part = |name| address.get(name).filter(|value| !value.is_empty());
    let shown = Shown { result: part("result"), after: part("after") };
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => read(here, id, &shown, &flash).await,
            Err(error) => Err(error),
        };
        match read {
            Ok((job, page, flash)) => whole(&job, &page, &shown, (late, flash.as_ref())),
            Err(error) => view! { <div class="head"><h1>"Bulk job"</h1></div> {states::failed_below(error)} }.erased(),
        }
    })
}

async fn read(here: Here, id: String, shown: &Shown, flash: &str) -> Result<(BulkJob, Page<BulkItem>, Option<Flash>), AppError> {
    let bulk = &here.ports.bulk;
    let job = bulk.job(&here.caller, id.clone()).await?;
    let page = bulk.items(&here.caller, id, shown.result.clone(), shown.after.clone()).await?;
    Ok((job, page, here.ports.flashes.flash(&here.caller, flash).await))
}

fn whole(job: &BulkJob, page: &Page<BulkItem>, shown: &Shown, (late, flash): (bool, Option<&Flash>)) -> AnyView {
    view! {
        <div class="head">
            <h1>{job.what.clone()}</h1>
            <p class="count">
                {counted(job.items, "exception", "exceptions")} " on " {counted(job.shipments, "shipment", "shipments")}
            </p>
            {(!job.money.is_empty()).then(|| view! { <div class="waiting">{sums(&job.money, "")} " waiting"</div> })}
            {as_of(&job.as_of)}
        </div>
        {flash.map(|flash| notice(Some(flash), ""))}
        <div role="status">
            {late.then(|| view! { <p class="flash bad">"It had moved on before you pressed the button. This is how it stands now."</p> })}
        </div>
        {standing(job)}
        {turns(job)}
        {about(job)}
        {items(job, page, shown)}
    }
    .erased()
}

/// Where it stands, as a word.
pub(super) fn state(job: &BulkJob) -> AnyView {
    let tone = match job.state {
        BulkState::Prepared | BulkState::Cancelled => Tone::Plain,
        BulkState::Running => Tone::Busy,
        BulkState::Paused => Tone::Warn,
        BulkState::Finished => Tone::Good,
    };
    badge(tone, job.state.label())
}

/// How much of it was tried.
pub(super) fn progress(job: &BulkJob) -> AnyView {
    let left_alone = (job.refused > 0).then(|| format!(", {} left alone", count(job.refused)));
    format!("{} done{}", count(job.done), left_alone.unwrap_or_default()).erased()
}

fn standing(job: &BulkJob) -> AnyView {
    let tried = job.done + job.refused;
    let meter = (job.started.is_some() && job.items > 0).then(|| {
        view! { <meter min="0" max=job.items.to_string() value=tried.to_string() aria-label="Tried so far">{count(tried)}</meter> }
    });
    let words = match job.state {
        BulkState::Prepared => forecast(job),
        _ => format!("{} of {} tried.", count(tried), count(job.items)),
    };
    let problem = job.problem.as_ref().map(|problem| {
        view! { <p class="flash bad" role="alert">"It stopped by itself: " {problem.clone()} ". What was done stands; let it go on to try again."</p> }
    });
    view! {
        <section aria-labelledby="standing">
            <h2 id="standing">{state(job)}</h2>
            {problem}
            <p>{words} " " {job.started.is_some().then(|| progress(job))}</p>
            {meter}
            {(job.state == BulkState::Running).then(|| view! {
                <p class="aside">"This page follows it by itself. " <a href=paths::bulk_job(&job.id)>"Look again"</a></p>
            })}
        </section>
    }
    .erased()
}

/// What starting it will do.
fn forecast(job: &BulkJob) -> String {
    match job.items - job.possible.min(job.items) {
        0 => format!("Nothing is done yet. Starting it does this with all {}.", count(job.items)),
        n => format!(
            "Nothing is done yet. Starting it does this with {} of {}; {} are in a state in which it is not possible and will be left alone.",
            count(job.possible),
            count(job.items),
            count(n)
        ),
    }
}

/// The buttons that the viewer may press now.
fn turns(job: &BulkJob) -> AnyView {
    let button = |turn: &BulkTurn| {
        let (label, class) = match (turn, job.state) {
            (BulkTurn::Start, BulkState::Prepared) => {
                (format!("Start: {}", counted(job.items, "exception", "exceptions")), "primary")
            }
            (BulkTurn::Start, _) => ("Go on".to_owned(), "primary"),
            (BulkTurn::Pause, _) => ("Pause".to_owned(), ""),
            (BulkTurn::Cancel, BulkState::Prepared) => ("Throw it away".to_owned(), ""),
            (BulkTurn::Cancel, _) => ("Cancel what is left".to_owned(), ""),
            (BulkTurn::Undo, _) => ("Prepare to undo it".to_owned(), ""),
        };
        view! {
            <form action=paths::BULK_TURN method="post">
                <input type="hidden" name="id" value=job.id.clone()/>
                <button type="submit" name="turn" value=turn.code() class=class>{label}</button>
            </form>
        }
    };
    if job.may.is_empty() {
        return ().erased();
    }
    let buttons: Vec<_> = job.may.iter().map(button).collect();
    view! { <div class="acts">{buttons}</div> }.erased()
}

fn about(job: &BulkJob) -> AnyView {
    let fact = |label: &'static str, value: AnyView| view! { <div><dt>{label}</dt><dd>{value}</dd></div> };
    let by = |name: &str, at: AnyView| view! { {name.to_owned()} ", " {at} }.erased();
    let link = |href: String, words: &'static str| view! { <a href=href>{words}</a> }.erased();
    view! {
        <dl class="summary">
            {(!job.note.is_empty()).then(|| fact("Said", job.note.clone().erased()))}
            {job.chosen.clone().map(|href| fact("Taken from", link(href, "this list, as it was then")))}
            {fact("Prepared by", by(&job.prepared_by, moment(&job.prepared)))}
            {job.started_by.as_ref().zip(job.started.as_ref()).map(|(name, at)| fact("Started by", by(name, moment(at))))}
            {job.ended.as_ref().map(|at| fact("Ended", moment(at)))}
            {job.undoes.as_ref().map(|id| fact("Undoes", link(paths::bulk_job(id), "another job")))}
            {job.undone_by.as_ref().map(|id| fact("Undone by", link(paths::bulk_job(id), "another job")))}
            {fact("Undo", job.undo.clone().erased())}
        </dl>
    }
    .erased()
}
