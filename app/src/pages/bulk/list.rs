//! The latest jobs.

use super::page::{progress, state};
use crate::{
    api::Here,
    components::{
        erased::{Erase, Later},
        states, table,
        words::{count, moment, text_or},
    },
    error::AppError,
    model::BulkJob,
    pages::served::Address,
    paths,
};
use leptos::prelude::*;

/// Reads the jobs and shows them.
pub(super) fn body(_: Address) -> Later {
    let here = Here::take();
    Box::pin(async move {
        let read = match here {
            Ok(here) => here.ports.bulk.jobs(&here.caller).await,
            Err(error) => Err(error),
        };
        whole(read)
    })
}

fn whole(read: Result<Vec<BulkJob>, AppError>) -> AnyView {
    let body = match read {
        Err(error) => states::failed_below(error),
        Ok(jobs) if jobs.is_empty() => {
            let why = view! {
                "A job is prepared from a list: choose what it is about under " <a href=paths::EXCEPTIONS>"Exceptions"</a>
                " and open “Work on all that match”."
            };
            states::empty("No job yet", why.erased())
        }
        Ok(jobs) => jobs_table(&jobs),
    };
    view! { <div class="head"><h1>"Bulk jobs"</h1></div> {body} }.erased()
}

fn jobs_table(jobs: &[BulkJob]) -> AnyView {
    let rows: Vec<_> = jobs
        .iter()
        .map(|job| {
            view! {
                <tr>
                    <th scope="row" class="reason"><a href=paths::bulk_job(&job.id)>{job.what.clone()}</a></th>
                    <td>{state(job)}</td>
                    <td class="number">{count(job.items)}</td>
                    <td>{progress(job)}</td>
                    <td>{job.prepared_by.clone()}</td>
                    <td class="when">{moment(&job.prepared)}</td>
                    <td>{text_or(&job.started_by, "nobody yet")}</td>
                </tr>
            }
        })
        .collect();
    let table = view! {
        <table class="rows" data-rows="">
            <thead>
                <tr>
                    <th scope="col">"Job"</th>
                    <th scope="col">"State"</th>
                    <th scope="col" class="number">"Exceptions"</th>
                    <th scope="col">"Done"</th>
                    <th scope="col">"Prepared by"</th>
                    <th scope="col">"Prepared"</th>
                    <th scope="col">"Started by"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    };
    table::saved("Bulk jobs", paths::BULK, table.erased())
}
