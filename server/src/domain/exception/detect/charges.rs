//! What goes wrong with charges and costs.

use super::{Sign, expected, found, way::carrier};
use crate::domain::{
    assess::{Case, is_consolidated},
    fact::FactKey as K,
    policy::AccrueOn,
    readiness::{HoldKind, check},
};

/// X3: invoiced otherwise than rated.
pub(super) fn rate_mismatch<'a>(case: &Case<'a>) -> Sign<'a> {
    let (Some(rated), Some(invoiced)) = (case.money(K::ChargesTotal), case.money(K::InvoiceAmount)) else { return Sign::Clear };
    let Some(variance) = case.inputs.policy.tolerances.invoice.exceeded(rated, invoiced) else { return Sign::Clear };
    // An invoice for several shipments is compared with none of them.
    if is_consolidated(case.inputs.state) {
        return Sign::Clear;
    }
    const INVOICES: [K; 4] = [K::InvoiceGenerated, K::InvoiceReleased, K::InvoiceBlocked, K::InvoiceReady];
    match INVOICES.into_iter().filter_map(|key| case.began(key)).max() {
        Some(since) => found(since, variance.label()),
        None => Sign::Clear,
    }
}

/// X4: a charge that billing does not know, or unusually many accessorials.
pub(super) fn accessorial_unusual<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(since) = case.open(K::ChargesRated, &[K::ChargeApproved]) else { return Sign::Clear };
    if case.is_billed() {
        return Sign::Clear;
    }
    let policy = case.inputs.policy;
    let codes =
        case.text(K::ChargeCodes).filter(|_| !policy.charge_codes.is_empty() && case.together(K::ChargesRated, K::ChargeCodes));
    if let Some(unknown) = codes.and_then(|codes| codes.lines().find(|code| !policy.charge_codes.contains(*code))) {
        return found(since, unknown);
    }
    match (case.money(K::Accessorials), case.money(K::ChargesTotal)) {
        (Some(accessorials), Some(total))
            if case.together(K::Accessorials, K::ChargesTotal)
                && total.minor > 0
                && accessorials.minor as f64 > total.minor as f64 * policy.tolerances.accessorial_percent / 100.0 =>
        {
            found(since, "large share")
        }
        _ => Sign::Clear,
    }
}

/// X5: delivered, and something that billing needs is missing.
pub(super) fn incomplete<'a>(case: &Case<'a>) -> Sign<'a> {
    const NEEDED: [(HoldKind, &str); 5] = [
        (HoldKind::ContractMissing, "contract"),
        (HoldKind::ChargesMissing, "charges"),
        (HoldKind::NotDispatched, "dispatch confirmation"),
        (HoldKind::NotLoaded, "loading confirmation"),
        (HoldKind::TemperatureUnproven, "temperature"),
    ];
    let Some(delivered) = case.delivered().filter(|_| !case.is_billed()) else { return Sign::Clear };
    let lacks = |kind| match kind {
        // Goods that got warm are told as that.
        HoldKind::TemperatureUnproven if case.has(K::TemperatureBroken) => false,
        // Nobody knows what a contract that is missing asks for; charges are always asked for.
        HoldKind::ChargesMissing if case.contract.is_none() => !case.has(K::ChargesRated),
        kind => check(kind, case).is_some_and(|check| !check.met),
    };
    if !NEEDED.into_iter().any(|(kind, _)| lacks(kind)) {
        return Sign::Clear;
    }
    match expected(case, delivered, case.inputs.policy.expectations.charges_within, "") {
        Sign::Found { since, .. } => {
            let name = |(kind, name)| match kind {
                HoldKind::ContractMissing if !case.has(K::Customer) => "customer",
                _ => name,
            };
            let missing: Vec<&str> = NEEDED.into_iter().filter(|(kind, _)| lacks(*kind)).map(name).collect();
            found(since, missing.join(", "))
        }
        other => other,
    }
}

/// X9: the carrier asks for what nobody expects.
pub(super) fn carrier_invoice_mismatch<'a>(case: &Case<'a>) -> Sign<'a> {
    let Some(since) = case.open(K::CarrierInvoiceReceived, &[K::ChargeApproved]) else { return Sign::Clear };
    let Some(asked) = case.money(K::CarrierInvoiceAmount) else { return Sign::Clear };
    let Some(cost) = case.expected_cost() else {
        // The cost may still be on its way to us.
        return expected(case, since, case.inputs.policy.expectations.order_grace, "no expected cost");
    };
    match case.inputs.policy.tolerances.carrier_invoice.exceeded(cost, asked) {
        Some(variance) => found(since, variance.label()),
        None => Sign::Clear,
    }
}

/// X25: freight cost not accrued.
pub(super) fn accrual_missing<'a>(case: &Case<'a>) -> Sign<'a> {
    if [K::AccrualCreated, K::CarrierInvoiceReceived, K::AccrualReversed].into_iter().any(|key| case.has(key)) {
        return Sign::Clear;
    }
    let expectations = &case.inputs.policy.expectations;
    let unit = case.text(K::BusinessUnit).unwrap_or_default();
    let on = expectations.accrual_on_by_unit.get(unit).copied().unwrap_or(expectations.accrual_on);
    let milestone = match on {
        AccrueOn::Dispatch => case.at(K::Dispatched).filter(|_| !case.has(K::Cancelled)),
        AccrueOn::Delivery => case.delivered(),
        AccrueOn::Never => None,
    };
    match milestone {
        Some(at) => expected(case, at, expectations.accrual_within, carrier(case)),
        None => Sign::Clear,
    }
}
