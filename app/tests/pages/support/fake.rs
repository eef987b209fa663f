//! A server made of examples: what the pages show without a store behind them.

use super::exceptions;
use app::{
    error::AppError,
    model::*,
    ports::{Acting, Caller, Configuring, Ports, Reading},
};
use std::sync::Arc;

/// How the server feels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Everything is there, for an integration person.
    Well,
    /// Nothing has come in.
    Empty,
    /// Few rows, and a viewer without permissions beyond reading.
    Few,
    /// Everything is there, for somebody who may look at it and not act.
    Looking,
    /// Nobody is signed in.
    SignedOut,
    /// The role allows nothing.
    Forbidden,
    /// The store is away.
    Away,
    /// There is no such thing.
    Gone,
}

/// The example server.
#[derive(Debug, Clone, Copy)]
pub struct Fake(pub Mood);

impl Fake {
    /// As the pages want it.
    pub fn ports(self) -> Ports {
        let (bulk, handling) = (Arc::new(self), Arc::new(self));
        let (lists, configuring, figures, files) = (Arc::new(self), Arc::new(self), Arc::new(self), Arc::new(self));
        let (reading, acting, flashes) = (Arc::new(self), Arc::new(self), Arc::new(self));
        Ports { reading, acting, bulk, handling, figures, files, flashes, lists, configuring }
    }

    pub(super) fn well(self) -> Result<(), AppError> {
        match self.0 {
            Mood::Well | Mood::Empty | Mood::Few | Mood::Looking => Ok(()),
            Mood::SignedOut => Err(AppError::SignedOut),
            Mood::Forbidden => Err(AppError::Forbidden),
            Mood::Away => Err(AppError::Unavailable),
            Mood::Gone => Err(AppError::NotFound),
        }
    }

    /// As [`Self::well`], and the role includes exceptions.
    pub fn may_work(self) -> Result<(), AppError> {
        if self.0 == Mood::Few { Err(AppError::Forbidden) } else { self.well() }
    }
}

/// An instant.
pub fn at(local: &str, utc: &str, micros: i64) -> Moment {
    Moment { micros, precision: Precision::Instant, local: local.into(), utc: utc.into() }
}

/// A day.
pub fn day(local: &str, utc: &str, micros: i64) -> Moment {
    Moment { precision: Precision::Day, ..at(local, utc, micros) }
}

/// When everything was read.
pub fn now() -> Moment {
    at("20 Nov 2026, 11:02", "2026-11-20T10:02:00Z", 1_795_168_920_000_000)
}

/// Values of a filter.
pub fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    pairs.iter().map(|(value, label)| Choice { value: (*value).into(), label: (*label).into() }).collect()
}

/// Row `i` of the list.
pub fn row(i: usize) -> ShipmentRow {
    let stage = Stage::ALL[i % 9];
    let timeliness =
        [Timeliness::OnTime, Timeliness::DeliveredLate, Timeliness::Overdue, Timeliness::Open, Timeliness::NoPromise][i % 5];
    let late = matches!(timeliness, Timeliness::DeliveredLate | Timeliness::Overdue);
    let carriers = ["Aurobindo Pharma Limited", "SCMS from RDC", "Trinity Biotech, Plc", "HETERO LABS LIMITED", "Orgenics, Ltd"];
    ShipmentRow {
        id: format!("0193b3c0-0000-7000-8000-{i:012}"),
        reference: if i % 7 == 3 { format!("ASN-{}", 8411 + i * 37) } else { format!("SCMS-{}", 193_560 + i * 10) },
        stage,
        timeliness,
        late_by: late.then(|| format!("{} d {} h", i % 40 + 1, i % 24)),
        region: (i % 6 != 5).then(|| ["Côte d'Ivoire", "Vietnam", "Nigeria", "Congo, DRC", "South Africa"][i % 5].to_owned()),
        business_unit: (i % 4 != 3).then(|| "PMO - US".to_owned()),
        carrier: Some(carriers[i % 5].to_owned()),
        mode: (i % 8 != 7).then(|| ["Air", "Truck", "Ocean", "Air Charter"][i % 4].to_owned()),
        promised: (i % 5 != 4).then(|| day("14 Mar 2014", "2014-03-14T23:59:59Z", 1_394_841_599_000_000)),
        dispatched: i.is_multiple_of(3).then(|| at("10 Mar 2014, 08:40", "2014-03-10T07:40:00Z", 1_394_437_200_000_000)),
        delivered: (stage >= Stage::Delivered && stage != Stage::Cancelled)
            .then(|| day("17 Mar 2014", "2014-03-17T23:59:59Z", 1_395_100_799_000_000)),
        freight: (i % 4 != 2)
            .then(|| Money { amount: format!("{}.{:02}", (i * 7919) % 90_000 + 78, i % 100), currency: "USD".into() }),
        history: i.is_multiple_of(2),
    }
}

#[async_trait::async_trait]
impl Reading for Fake {
    async fn viewer(&self, _: &Caller) -> Result<Viewer, AppError> {
        if self.0 == Mood::SignedOut {
            return Err(AppError::SignedOut);
        }
        use Permission::{
            FixQuarantine, ReadExceptions, ReadOverview, ReadQuarantine, ReadRawEvents, ReadShipments, WorkExceptions,
        };
        let few = self.0 == Mood::Few;
        let (role, label) = if few { (Role::Viewer, "Viewer") } else { (Role::Integration, "Integration") };
        let mut permissions = vec![ReadOverview, ReadShipments];
        if self.0 == Mood::Looking {
            permissions.push(ReadExceptions);
        } else if !few {
            permissions.extend([ReadRawEvents, ReadQuarantine, FixQuarantine, ReadExceptions, WorkExceptions]);
        }
        Ok(Viewer {
            name: "amira".into(),
            role,
            role_label: label.into(),
            permissions,
            scope: "all regions".into(),
            time_zone: "Europe/Zurich".into(),
        })
    }

    async fn shipments(&self, _: &Caller, filter: ShipmentFilter) -> Result<Page<ShipmentRow>, AppError> {
        self.well()?;
        let n = match self.0 {
            Mood::Well => 50,
            Mood::Few => 3,
            _ => 0,
        };
        let items: Vec<_> =
            (0..n).map(row).filter(|row| filter.stage.as_deref().is_none_or(|code| row.stage.code() == code)).collect();
        let more = self.0 == Mood::Well && filter.after.is_none();
        Ok(Page {
            total: Some(if more { 10_324 } else { items.len() as u64 }),
            next: more.then(|| "c2VxOjUw".into()),
            items,
            as_of: now(),
        })
    }

    async fn shipment(&self, _: &Caller, _id: String) -> Result<ShipmentDetail, AppError> {
        self.well()?;
        Ok(super::example::detail(now()))
    }

    async fn raw_event(&self, _: &Caller, seq: i64) -> Result<RawEvent, AppError> {
        self.well()?;
        Ok(RawEvent {
            seq,
            id: "scms-86-delivered".into(),
            source: "import/scms".into(),
            event_type: "waybill.delivery.completed.v1".into(),
            body_hash: "sha256:9f2c41d07be2b1fe0a6d9c3f11b7b2a6be1a41c8aa90c7d15f7c5ad02b8d3e11".into(),
            json: super::example::RAW.into(),
            kept: None,
        })
    }

    async fn places(&self, _: &Caller) -> Result<PlaceChoices, AppError> {
        self.well()?;
        Ok(PlaceChoices {
            regions: choices(&[("CI", "Côte d'Ivoire"), ("VN", "Vietnam"), ("NG", "Nigeria"), ("ZA", "South Africa")]),
            business_units: choices(&[("PMO-US", "PMO - US"), ("HAITI", "Haiti Field Office")]),
        })
    }

    async fn choices(&self, caller: &Caller) -> Result<FilterChoices, AppError> {
        Ok(FilterChoices {
            places: self.places(caller).await?,
            carriers: choices(&[("aurobindo", "Aurobindo Pharma Limited"), ("rdc", "SCMS from RDC")]),
            modes: choices(&[("air", "Air"), ("truck", "Truck"), ("ocean", "Ocean")]),
        })
    }

    async fn search(&self, _: &Caller, query: String) -> Result<SearchResults, AppError> {
        self.well()?;
        let found = self.0 == Mood::Well && query != "nothing";
        let hit = |i: usize, scheme: &str, value: String| SearchHit {
            scheme: scheme.into(),
            exact: value == query,
            value,
            shipment_id: row(i).id,
            shipment: row(i).reference,
            stage: row(i).stage,
        };
        let hits = if found {
            vec![
                hit(4, "order", query.clone()),
                hit(3, "carrier_invoice", format!("{query}-2")),
                hit(1, "container", format!("{query}77")),
            ]
        } else {
            Vec::new()
        };
        Ok(SearchResults { query, order: None, hits, more: found })
    }

    async fn quarantine(&self, _: &Caller, _: QuarantineFilter) -> Result<Page<QuarantineRow>, AppError> {
        self.well()?;
        let items: Vec<_> = if self.0 == Mood::Well { (0..23).map(super::example::quarantined).collect() } else { Vec::new() };
        Ok(Page { total: Some(items.len() as u64), next: None, items, as_of: now() })
    }

    async fn quarantine_item(&self, _: &Caller, id: String) -> Result<QuarantineItem, AppError> {
        self.well()?;
        let (resolved, discarded) = (id.ends_with("resolved"), id.ends_with("discarded"));
        let mut row = super::example::quarantined(0);
        row.id = id;
        if resolved {
            row.state = QuarantineState::Resolved;
        }
        if discarded {
            row.state = QuarantineState::Discarded;
        }
        Ok(QuarantineItem {
            row,
            raw: super::example::BROKEN.into(),
            lossy: false,
            fixed: resolved.then(|| super::example::RAW.into()),
            history: vec![
                (now(), "key:wms-eu".into(), "sent it; refused as money_invalid".into()),
                (now(), "user:amira".into(), "fixed and replayed: still refused as money_invalid".into()),
            ],
            version: 2,
            may_fix: self.0 == Mood::Well,
            shipment: resolved.then(|| (self::row(4).id, self::row(4).reference)),
        })
    }

    async fn exceptions(&self, _: &Caller, filter: ExceptionFilter) -> Result<Exceptions, AppError> {
        self.may_work()?;
        Ok(if self.0 == Mood::Empty { exceptions::nothing(now()) } else { exceptions::page(&filter, now()) })
    }

    async fn exception(&self, _: &Caller, id: String) -> Result<ExceptionDetail, AppError> {
        self.may_work()?;
        Ok(exceptions::detail(id, now()))
    }

    async fn readiness(&self, _: &Caller, _shipment_id: String) -> Result<Readiness, AppError> {
        self.may_work()?;
        Ok(exceptions::readiness())
    }

    async fn policy(&self, _: &Caller) -> Result<PolicyView, AppError> {
        self.may_work()?;
        Ok(super::example::policy(self.0 == Mood::Empty))
    }

    async fn shipment_exceptions(&self, _: &Caller, _shipment_id: String) -> Result<Vec<ExceptionRow>, AppError> {
        self.may_work()?;
        Ok(if self.0 == Mood::Empty { Vec::new() } else { vec![exceptions::row(0), exceptions::row(2)] })
    }
}

#[async_trait::async_trait]
impl Acting for Fake {
    async fn fix_quarantine(&self, _: &Caller, fix: QuarantineFix) -> Result<QuarantineOutcome, AppError> {
        self.well()?;
        if !fix.body.trim_start().starts_with('{') {
            return Err(AppError::Invalid { field: "body".into(), message: "This is no JSON object: line 1 column 1.".into() });
        }
        Ok(QuarantineOutcome::Accepted { shipment: None })
    }

    async fn replay_quarantine(&self, _: &Caller, _id: String, _version: i64) -> Result<QuarantineOutcome, AppError> {
        self.well()?;
        Ok(QuarantineOutcome::Refused { code: "money_invalid".into(), reason: "Amount is no decimal number".into(), place: None })
    }

    async fn discard_quarantine(&self, _: &Caller, _id: String, version: i64, _reason: String) -> Result<(), AppError> {
        self.well()?;
        if version == 2 { Err(AppError::Conflict { what: "it was fixed by user:jonas".into() }) } else { Ok(()) }
    }

    async fn act_on_exceptions(&self, _: &Caller, act: ExceptionAct) -> Result<Vec<ExceptionActed>, AppError> {
        self.may_work()?;
        Ok(act.on.into_iter().map(|(id, _)| ExceptionActed { id, version: Some(2), problem: None }).collect())
    }

    async fn undo_on_exceptions(&self, _: &Caller, undo: ExceptionUndo) -> Result<Vec<ExceptionActed>, AppError> {
        self.well()?;
        Ok(undo.on.into_iter().map(|(id, _)| ExceptionActed { id, version: Some(3), problem: None }).collect())
    }
}

#[async_trait::async_trait]
impl Configuring for Fake {
    async fn sections(&self, _: &Caller) -> Result<Vec<PolicySection>, AppError> {
        self.may_work().map(|()| super::example::sections())
    }

    async fn section(&self, _: &Caller, name: String, filter: SectionFilter) -> Result<PolicySectionView, AppError> {
        self.may_work()?;
        super::example::section(&name, &filter, self.0 != Mood::Looking).ok_or(AppError::NotFound)
    }

    async fn draft(&self, _: &Caller, draft: SectionDraft) -> Result<DraftAnswer, AppError> {
        self.may_work().map(|()| DraftAnswer { draft, outcome: DraftOutcome::Sound(Vec::new()) })
    }
}
