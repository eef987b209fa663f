//! Parts of a figure over a period, as the query of its rows names them.

use super::wrong_part;
use crate::{
    domain::measure::{Metric, ON_TIME, Shape, bins_from},
    service::{
        figures::{Asked, answer, flow, value},
        period::invalid,
    },
    store::figures::FiguresStore,
};
use app::{
    error::AppError,
    model::{KpiValue, Percentiles},
};

/// Whose clock still runs.
pub(super) const OPEN: &str = "open";
/// What is left out, of the figure or of a part of it.
const LEFT_OUT: &str = "left_out";
/// What counts in a share, and what does not.
const SHARE: &str = "share";
const REST: &str = "rest";

/// Of which measure a part is, and of which of its bins.
pub(super) async fn part_of(
    store: &dyn FiguresStore,
    asked: &Asked,
    metrics: &[Metric],
) -> Result<(Metric, Vec<(i32, i32)>), AppError> {
    let own = metrics[0];
    let (cases, left_out) = value::in_and_out(own);
    let Some(part) = asked.part.as_deref() else { return Ok((own, cases.to_vec())) };
    if part == LEFT_OUT {
        return Ok((own, left_out.to_vec()));
    }
    if let Some(share) = percentile(part).filter(|_| own.shape() == Shape::Duration) {
        let measured = store.measured(&asked.query, &[own]).await.map_err(answer)?;
        return Ok((own, slowest(share, &value::duration(own, &value::whole(measured.metrics.get(&own))))?.to_vec()));
    }
    let (code, which) = part.rsplit_once(':').unwrap_or(match part {
        SHARE | REST => ("", part),
        code => (code, ""),
    });
    let named = |metric: &Metric| metric.code() == code || (code == flow::IN_TIME_CODE && *metric == Metric::ProofOfDelivery);
    let metric = if code.is_empty() { Some(own) } else { metrics.iter().copied().find(named) }.ok_or_else(wrong_part)?;
    let (share, all) =
        if code == flow::IN_TIME_CODE { (&[ON_TIME][..], value::classes(metric).1) } else { value::classes(metric) };
    let bins: Vec<(i32, i32)> = match which {
        "" => value::in_and_out(metric).0.to_vec(),
        LEFT_OUT if matches!(metric.shape(), Shape::Duration | Shape::Class) => value::in_and_out(metric).1.to_vec(),
        SHARE if metric.shape() == Shape::Class => share.iter().map(|bin| (*bin, *bin)).collect(),
        REST if metric.shape() == Shape::Class => all.iter().filter(|bin| !share.contains(bin)).map(|bin| (*bin, *bin)).collect(),
        _ => return Err(wrong_part()),
    };
    Ok((metric, bins))
}

/// Which percentile a part begins at.
pub(super) fn percentile(part: &str) -> Option<fn(&Percentiles) -> f64> {
    match part {
        "p50" => Some(|p| p.p50),
        "p75" => Some(|p| p.p75),
        "p90" => Some(|p| p.p90),
        "p95" => Some(|p| p.p95),
        _ => None,
    }
}

/// The bins of those that took as long as a percentile, or longer.
pub(super) fn slowest(share: fn(&Percentiles) -> f64, value: &KpiValue) -> Result<[(i32, i32); 2], AppError> {
    let told = value.percentiles.as_ref().ok_or_else(|| invalid("part", "There are too few cases for a percentile."))?;
    Ok(bins_from(share(told)))
}
