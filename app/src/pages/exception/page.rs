//! The page: what, how bad, how much, since when; then what ends it and what can be done.

use super::{actions, fitting};
use crate::{
    api::Here,
    components::{
        back,
        badge::{Tone, badge},
        erased::{Erase, Later},
        exception::{severity, state, title},
        notice::notice,
        states,
        words::{self, counted, moment, moment_or, nothing},
    },
    error::AppError,
    model::{ExceptionDetail, ExceptionFilter, ExceptionRow, ExceptionStep, Flash, Handled, QuarantineItem},
    pages::{readiness, served::Address},
    paths,
};
use leptos::prelude::*;

/// Reads the exception that the address names.
pub(super) fn body(address: Address) -> Later {
    let id = address.part("id");
    let list = paths::way_back(address.get("back"));
    let flash = address.get("flash").unwrap_or_default();
    let here = Here::take();
    Box::pin(async move {
        match read(here, id, &flash).await {
            Ok(read) => whole(&read, list.as_ref()),
            Err(error) => states::failed(error),
        }
    })
}

/// All that the page shows.
struct Read {
    detail: ExceptionDetail,
    /// What people did with its shipment.
    handled: Option<Handled>,
    /// The item that it is about, for whom that is.
    item: Option<QuarantineItem>,
    /// What the last action came to.
    flash: Option<Flash>,
}

async fn read(here: Result<Here, AppError>, id: String, flash: &str) -> Result<Read, AppError> {
    let Here { ports, caller, .. } = here?;
    let detail = ports.reading.exception(&caller, id).await?;
    let handled = match &detail.row.shipment {
        Some((shipment, _)) => Some(ports.handling.handled(&caller, shipment.clone()).await?),
        None => None,
    };
    let item = match &detail.item {
        Some(item) => match ports.reading.quarantine_item(&caller, item.clone()).await {
            Ok(item) => Some(item),
            // Who may not see it, sees the exception all the same.
            Err(AppError::Forbidden | AppError::NotFound) => None,
            Err(error) => return Err(error),
        },
        None => None,
    };
    Ok(Read { detail, handled, item, flash: ports.flashes.flash(&caller, flash).await })
}

fn whole(read: &Read, list: Option<&String>) -> AnyView {
    let Read { detail, handled, item, flash } = read;
    let row = &detail.row;
    let here = back::kept(&paths::exception(&row.id), list);
    let notice = notice(flash.as_ref(), &here);
    let typed = flash.as_ref().and_then(|flash| flash.typed.as_deref());
    let fitting = match item {
        Some(item) => Some(fitting::item(item, &here, typed)),
        None => fitting::section(detail, handled.as_ref(), &here),
    };
    view! {
        <nav class="trail" aria-label="Trail">
            <a href=paths::EXCEPTIONS>"Exceptions"</a> " / "
            <a href=paths::exceptions(&of_kind(row))>{row.kind.label()}</a>
        </nav>
        {back::back(list)}
        {notice}
        <div class="head">
            <h1>{title(row.kind, &row.detail)}</h1>
            <p class="badges">
                {severity(row.severity)}
                {state(row.state)}
                {row.overdue.then(|| badge(Tone::Bad, "Past due"))}
                {(row.reopens > 0).then(|| badge(Tone::Warn, format!("Came back {}×", row.reopens)))}
            </p>
        </div>
        {summary(detail, list)}
        <div class="columns">
            <div class="stack-wide">
                {ends(detail)}
                {playbook(&detail.playbook)}
                <section aria-labelledby="rank">
                    <h2 id="rank">"Why it ranks where it does"</h2>
                    <p>{detail.rank.clone()}</p>
                </section>
            </div>
            <div class="stack-wide">
                {fitting}
                {actions::actions(detail, &here)}
            </div>
        </div>
        {detail.readiness.as_ref().zip(row.shipment.as_ref()).map(|(readiness, (shipment, _))| readiness::card(readiness, shipment, None))}
        {history(&detail.history)}
    }
    .erased()
}

fn of_kind(row: &ExceptionRow) -> ExceptionFilter {
    ExceptionFilter { kind: Some(row.kind.code().into()), ..ExceptionFilter::default() }
}

fn summary(detail: &ExceptionDetail, to: Option<&String>) -> AnyView {
    let row = &detail.row;
    let shipment = match &row.shipment {
        Some((id, reference)) => view! { <a href=back::kept(&paths::shipment(id), to)>{reference.clone()}</a> }.erased(),
        None => nothing("no shipment"),
    };
    let same = ExceptionFilter { view: Some("list".into()), cause: Some(row.cause.clone()), ..ExceptionFilter::default() };
    view! {
        <dl class="summary">
            <div><dt>"Money waiting"</dt><dd>{words::money_or(&row.money, "none known")}</dd></div>
            <div><dt>"Age"</dt><dd>{row.age.clone()}</dd></div>
            <div><dt>"Detected"</dt><dd>{moment(&detail.detected)}</dd></div>
            <div><dt>"Trouble began"</dt><dd>{moment(&detail.since)}</dd></div>
            <div><dt>"Due"</dt><dd>{moment_or(&row.due, "no time set")}</dd></div>
            <div><dt>"Shipment"</dt><dd>{shipment}</dd></div>
            <div><dt>"Customer"</dt><dd>{words::text_or(&row.customer, "not told")}</dd></div>
            <div><dt>"Queue"</dt><dd>{row.queue.label()}</dd></div>
            <div><dt>"Assigned to"</dt><dd>{words::text_or(&row.assignee, "nobody")}</dd></div>
            {row.snoozed_until.as_ref().map(|until| view! { <div><dt>"Snoozed until"</dt><dd>{moment(until)}</dd></div> })}
            {(detail.same_cause > 0).then(|| view! {
                <div><dt>"Same cause"</dt><dd><a href=paths::exceptions(&same)>{counted(detail.same_cause, "other", "others")}</a></dd></div>
            })}
        </dl>
        <p class="aside">"The age runs from the first detection. Snoozing, giving it away or coming back within seven days does not stop it."</p>
    }
    .erased()
}

fn ends(detail: &ExceptionDetail) -> AnyView {
    view! {
        <section aria-labelledby="ends">
            <h2 id="ends">"What makes it go away"</h2>
            <p class="sentence">{detail.ends_when.clone()}</p>
            <p class="aside">"Nobody can close it by hand: Waybill closes it when it sees this."</p>
        </section>
    }
    .erased()
}

fn playbook(steps: &[String]) -> AnyView {
    if steps.is_empty() {
        return ().erased();
    }
    let steps: Vec<_> = steps.iter().map(|step| view! { <li>{step.clone()}</li> }).collect();
    view! { <section aria-labelledby="playbook"><h2 id="playbook">"What to do"</h2><ol class="steps">{steps}</ol></section> }
        .erased()
}

fn history(steps: &[ExceptionStep]) -> AnyView {
    let items: Vec<_> = steps
        .iter()
        .map(|step| {
            let note = (!step.note.is_empty()).then(|| view! { <span class="by said">" “" {step.note.clone()} "”"</span> });
            view! { <li>{moment(&step.at)} " " <strong>{step.actor.clone()}</strong> " " {step.what.clone()} {note}</li> }
        })
        .collect();
    view! {
        <section aria-labelledby="history">
            <h2 id="history">"History"</h2>
            <ol class="history">{items}</ol>
        </section>
    }
    .erased()
}
