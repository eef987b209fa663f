//! Jobs over many exceptions, as the example server tells them.

use super::fake::{Fake, Mood, at};
use app::{
    error::AppError,
    model::{BulkAction, BulkItem, BulkJob, BulkRequest, BulkResult, BulkState, BulkTurn, ExceptionKind, Money, Page},
    ports::{BulkWork, Caller},
};

/// Job `prepared`, `running` or `finished`, by its id.
fn job(id: &str) -> BulkJob {
    let now = at("20 Nov 2026, 12:00", "2026-11-20T12:00:00Z", 1_795_176_000_000_000);
    let (state, done, refused, may) = match id {
        "prepared" => (BulkState::Prepared, 0, 0, vec![BulkTurn::Start, BulkTurn::Cancel]),
        "running" => (BulkState::Running, 4_000, 12, vec![BulkTurn::Pause, BulkTurn::Cancel]),
        _ => (BulkState::Finished, 9_980, 20, vec![BulkTurn::Undo]),
    };
    BulkJob {
        id: id.into(),
        action: BulkAction::Assign,
        what: "Give to amira".into(),
        note: "one call for all".into(),
        chosen: Some("/exceptions?cause=pod_missing%3ADHL".into()),
        state,
        problem: None,
        items: 10_000,
        possible: 9_990,
        shipments: 9_700,
        money: vec![Money { amount: "1250.50".into(), currency: "EUR".into() }],
        done,
        refused,
        undo: "This can be undone.".into(),
        undoes: None,
        undone_by: None,
        prepared_by: "amira".into(),
        prepared: now.clone(),
        started_by: (id != "prepared").then(|| "amira".into()),
        started: (id != "prepared").then(|| now.clone()),
        ended: (state == BulkState::Finished).then(|| now.clone()),
        may,
        as_of: now,
    }
}

impl Fake {
    fn may_see_jobs(self) -> Result<(), AppError> {
        match self.0 {
            Mood::SignedOut => Err(AppError::SignedOut),
            Mood::Forbidden | Mood::Few => Err(AppError::Forbidden),
            Mood::Away => Err(AppError::Unavailable),
            Mood::Gone => Err(AppError::NotFound),
            Mood::Well | Mood::Empty | Mood::Looking => Ok(()),
        }
    }
}

#[async_trait::async_trait]
impl BulkWork for Fake {
    async fn prepare(&self, _: &Caller, _: BulkRequest) -> Result<BulkJob, AppError> {
        self.may_see_jobs().map(|()| job("prepared"))
    }

    async fn job(&self, _: &Caller, id: String) -> Result<BulkJob, AppError> {
        self.may_see_jobs()?;
        let job = job(&id);
        Ok(if self.0 == Mood::Looking { BulkJob { may: Vec::new(), ..job } } else { job })
    }

    async fn jobs(&self, _: &Caller) -> Result<Vec<BulkJob>, AppError> {
        self.may_see_jobs()?;
        Ok(if self.0 == Mood::Empty { Vec::new() } else { ["running", "finished"].map(job).into() })
    }

    async fn items(&self, _: &Caller, id: String, result: Option<String>, _: Option<String>) -> Result<Page<BulkItem>, AppError> {
        self.may_see_jobs()?;
        let refused = result.as_deref() == Some("refused");
        let item = |result, problem: Option<&str>| BulkItem {
            exception: "0190".into(),
            kind: Some(ExceptionKind::PodMissing),
            detail: "DHL".into(),
            shipment: Some(("s1".into(), "SH-1".into())),
            result,
            problem: problem.map(Into::into),
        };
        let left_alone = item(BulkResult::Refused, Some("eve changed it meanwhile: look at it again."));
        let items = match id.as_str() {
            "prepared" => vec![item(BulkResult::Waiting, None)],
            _ if refused => vec![left_alone],
            _ => vec![item(BulkResult::Done, None), left_alone],
        };
        Ok(Page { next: Some("50".into()), total: Some(10_000), as_of: job(&id).as_of, items })
    }

    async fn turn(&self, _: &Caller, id: String, _: BulkTurn) -> Result<BulkJob, AppError> {
        self.may_see_jobs().map(|()| job(&id))
    }
}
