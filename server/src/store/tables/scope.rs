//! The scope predicate, the same in every query.

use crate::store::shipments::Sight;
use crate::store::sql::QueryBuilder;

/// Adds `environment = … AND region_id IN (…) AND business_unit_id IN (…)` for columns of `alias` (such as `s.`).
pub(super) fn push(sql: &mut QueryBuilder, alias: &'static str, sight: &Sight) {
    sql.push(alias).push("environment = ").push_bind(sight.environment.code());
    for (column, allowed) in [("region_id", &sight.scope.regions), ("business_unit_id", &sight.scope.business_units)] {
        if let Some(allowed) = allowed {
            sql.push(" AND ").push(alias).push(column).push(" IN (");
            let mut list = sql.separated(", ");
            for value in allowed {
                list.push_bind(value.clone());
            }
            if allowed.is_empty() {
                // Equal to nothing. An empty list would be false from the start, and a query that names its index then fails.
                list.push_bind(None::<String>);
            }
            sql.push(")");
        }
    }
}

/// Adds ` AND column = value` if there is a value.
pub(super) fn push_equal(sql: &mut QueryBuilder, column: &'static str, value: Option<&str>) {
    if let Some(value) = value {
        sql.push(" AND ").push(column).push(" = ").push_bind(value.to_owned());
    }
}
