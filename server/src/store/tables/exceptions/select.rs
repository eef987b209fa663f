//! What groups, lists and totals have in common: which rows.

use crate::store::{
    exceptions::{Assignee, ExceptionQuery, ExceptionState},
    sql::QueryBuilder,
    tables::scope,
};

/// The state of those that are over, if the query asks for them.
pub(in crate::store::tables) fn over(query: &ExceptionQuery) -> Option<ExceptionState> {
    query.state.filter(|state| matches!(state, ExceptionState::Verified | ExceptionState::Waived))
}

/// Rows by place: what the actor may see, and the region and business unit.
pub(super) fn place(sql: &mut QueryBuilder, query: &ExceptionQuery) {
    scope::push(sql, "", &query.sight);
    scope::push_equal(sql, "region_id", query.region.as_deref());
    scope::push_equal(sql, "business_unit_id", query.business_unit.as_deref());
}

/// Leaves out what is snoozed.
pub(super) fn awake(sql: &mut QueryBuilder, query: &ExceptionQuery) {
    sql.push(" AND (snoozed_until IS NULL OR snoozed_until <= ").push_bind(query.now.0).push(")");
}

/// In whose hands they are and how they stand there: person, state, snooze. Of those that are not over.
pub(super) fn hands(sql: &mut QueryBuilder, alias: &'static str, query: &ExceptionQuery) {
    if let Some(state) = query.state {
        sql.push(" AND ").push(alias).push("state = '").push(state.code()).push("'");
    }
    if let Some(assignee) = &query.assignee {
        let name = match assignee {
            Assignee::Nobody => "",
            Assignee::Named(name) => name,
        };
        sql.push(" AND ").push(alias).push("assignee = ").push_bind(name.to_owned());
    }
    if !query.snoozed {
        sql.push(" AND (").push(alias).push("snoozed_until IS NULL OR ").push(alias).push("snoozed_until <= ");
        sql.push_bind(query.now.0).push(")");
    }
}

/// All that the query asks for; literals for the states, so that the partial indexes are seen to fit.
pub(in crate::store::tables) fn rows(sql: &mut QueryBuilder, query: &ExceptionQuery) {
    place(sql, query);
    match query.state {
        None => drop(sql.push(" AND state IN ('open', 'claimed')")),
        Some(state) => {
            sql.push(match over(query) {
                Some(_) => " AND state IN ('verified', 'waived')",
                None => " AND state IN ('open', 'claimed')",
            });
            sql.push(" AND state = '").push(state.code()).push("'");
        }
    }
    scope::push_equal(sql, "queue", query.queue.map(|queue| queue.code()));
    if let Some(kind) = query.kind {
        // A cause begins with its kind and a colon; a semicolon is what follows a colon.
        sql.push(" AND cause >= ").push_bind(format!("{}:", kind.code()));
        sql.push(" AND cause < ").push_bind(format!("{};", kind.code()));
    }
    scope::push_equal(sql, "cause", query.cause.as_deref());
    match &query.assignee {
        None => {}
        Some(Assignee::Nobody) => drop(sql.push(" AND assignee = ''")),
        Some(Assignee::Named(name)) => scope::push_equal(sql, "assignee", Some(name)),
    }
    if !query.snoozed && over(query).is_none() {
        awake(sql, query);
    }
}
