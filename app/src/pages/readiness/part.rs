//! The part: whether the shipment may be billed, and its open exceptions.

use super::{conditions::card, standing::standing};
use crate::{
    api::Here,
    components::{
        back,
        badge::{Tone, badge},
        erased::{Erase, Later},
        exception::{severity, state, title},
        notice::notice,
        served::Rendering,
        states, table,
        words::{self, moment_or},
    },
    error::AppError,
    model::{ExceptionRow, Flash, Handled, Readiness},
    pages::{acts, served::Address},
    paths,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// What the part shows.
struct Shown {
    /// None for whom exceptions are not for.
    readiness: Option<(Readiness, Vec<ExceptionRow>)>,
    handled: Handled,
    /// What to tell a caller, sentence by sentence.
    tell: Vec<String>,
    flash: Option<Flash>,
    /// The list that its reader comes from.
    list: Option<String>,
}

/// The part on another page. It leaves the word to that page where there is no such shipment, and says nothing to whom it is
/// not for.
pub(super) fn beside() -> Rendering {
    let read = read(use_params_map().with_untracked(|params| params.get("id")).unwrap_or_default());
    let view = Box::pin(async move {
        match read.await {
            Ok(shown) => part(&shown),
            Err(error) if settled(&error) => nothing(),
            Err(_) => {
                let words = "Billing readiness cannot be read just now. Nothing is lost; load the page again in a moment.";
                view! { <p class="note" role="alert">{words}</p> }.erased()
            }
        }
    });
    Rendering { topics: super::TOPICS, view }
}

/// The page around the part.
pub(super) fn alone(address: Address) -> Later {
    let id = address.part("id");
    let shipment = paths::shipment(&id);
    let read = read(id);
    Box::pin(async move {
        let (part, failed) = match read.await {
            Ok(shown) if shown.readiness.is_none() => (part(&shown), Some(states::failed_below(AppError::Forbidden))),
            Ok(shown) => (part(&shown), None),
            Err(error) => (if settled(&error) { nothing() } else { ().erased() }, Some(states::failed_below(error))),
        };
        view! {
            <nav class="trail" aria-label="Trail">
                <a href=paths::SHIPMENTS>"Shipments"</a> " / " <a href=shipment>"Shipment"</a>
            </nav>
            <h1>"Readiness of a shipment"</h1>
            {failed}
            <div id="readiness" class="served" data-topics=super::TOPICS>{part}</div>
        }
        .erased()
    })
}

/// Reads what is known of a shipment's readiness, and what people did with it.
fn read(id: String) -> impl Future<Output = Result<Shown, AppError>> + Send {
    let (flash, list) = use_query_map().with_untracked(|query| (query.get("flash").unwrap_or_default(), query.get("back")));
    let list = paths::way_back(list);
    let here = Here::take();
    async move {
        let here = here?;
        let (reading, caller) = (&here.ports.reading, &here.caller);
        let flash = here.ports.flashes.flash(caller, &flash).await;
        let readiness = match reading.readiness(caller, id.clone()).await {
            Ok(readiness) => Some((readiness, reading.shipment_exceptions(caller, id.clone()).await?)),
            Err(AppError::Forbidden) => None,
            Err(error) => return Err(error),
        };
        let handled = here.ports.handling.handled(caller, id).await;
        // Who may not read it is told so before anything else.
        let handled = handled.map_err(|error| if readiness.is_none() { AppError::Forbidden } else { error })?;
        let tell = here.ports.lists.tell(caller, handled.id.clone()).await?;
        Ok(Shown { readiness, handled, tell, flash, list })
    }
}

fn part(shown: &Shown) -> AnyView {
    let handled = &shown.handled;
    let list = shown.list.as_ref();
    let back = back::kept(&paths::shipment(&handled.id), list);
    view! {
        {back::back(list)}
        {notice(shown.flash.as_ref(), &back)}
        {tell(&shown.tell)}
        {shown.readiness.as_ref().map(|(readiness, exceptions)| view! { {card(readiness, &handled.id, Some(&back))} {open(exceptions, list, &handled.id)} })}
        <div class="columns">
            <section aria-labelledby="documents">
                <h2 id="documents">"Documents"</h2>
                {acts::documents(handled)}
            </section>
            {(!handled.may.is_empty()).then(|| view! {
                <section aria-labelledby="act">
                    <h2 id="act">"Act on it"</h2>
                    {acts::Forms { handled, back: &back }.all()}
                </section>
            })}
        </div>
        {(!handled.acts.is_empty()).then(|| view! {
            <section aria-labelledby="said">
                <h2 id="said">"Said at the desk"</h2>
                {acts::said(handled, &back)}
            </section>
        })}
        {shown.readiness.as_ref().map(|(readiness, _)| standing(readiness, &handled.id))}
    }
    .erased()
}

/// What to tell who calls, in plain words.
fn tell(sentences: &[String]) -> AnyView {
    view! {
        <section class="card tell" id="caller" aria-labelledby="caller-title">
            <h2 id="caller-title">"What to tell the caller"</h2>
            <p>{sentences.join(" ")}</p>
        </section>
    }
    .erased()
}

/// Asking again changes nothing.
fn settled(error: &AppError) -> bool {
    matches!(error, AppError::SignedOut | AppError::Forbidden | AppError::NotFound)
}

/// Nothing for this person, whatever changes: a browser need not ask again.
fn nothing() -> AnyView {
    view! { <p hidden data-still=""></p> }.erased()
}

fn open(exceptions: &[ExceptionRow], list: Option<&String>, shipment: &str) -> AnyView {
    if exceptions.is_empty() {
        return view! { <p class="aside">"No open exception."</p> }.erased();
    }
    let rows: Vec<_> = exceptions
        .iter()
        .map(|row| {
            view! {
                <tr>
                    <th scope="row"><a href=back::kept(&paths::exception(&row.id), list)>{title(row.kind, &row.detail)}</a></th>
                    <td>{severity(row.severity)}</td>
                    <td>{state(row.state)}</td>
                    <td>{row.queue.label()}</td>
                    <td class="number">{row.age.clone()}</td>
                    <td class="when">{moment_or(&row.due, "no time set")} " " {row.overdue.then(|| badge(Tone::Bad, "past due"))}</td>
                    <td>{words::text_or(&row.assignee, "nobody")}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"Exception"</th>
                    <th scope="col">"Severity"</th>
                    <th scope="col">"State"</th>
                    <th scope="col">"Queue"</th>
                    <th scope="col" class="number">"Age"</th>
                    <th scope="col">"Due"</th>
                    <th scope="col">"Assigned to"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    view! {
        <section aria-labelledby="open-exceptions">
            <h2 id="open-exceptions">"Open exceptions"</h2>
            {table::saved("Open exceptions of the shipment", &paths::readiness(shipment), table.erased())}
        </section>
    }
    .erased()
}
