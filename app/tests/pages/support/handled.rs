//! What people did with a shipment, made up.

use super::fake::{Fake, Mood, at};
use app::{
    error::AppError,
    model::*,
    ports::{Caller, Flashes, Handling},
};

fn now() -> Moment {
    at("20 Nov 2026, 10:14", "2026-11-20T09:14:00Z", 1_795_166_040_000_000)
}

/// Two documents and three words, one of each taken back.
pub fn handled(may: bool) -> Handled {
    use ShipmentAction as A;
    let document = |id: &str, name: &str, taken_back| DocumentRow {
        id: id.into(),
        file_name: name.into(),
        media_type: "application/pdf".into(),
        size: 1_870_000,
        sha256: "9f2c41d07be2b1fe".into(),
        actor: "ben".into(),
        at: now(),
        taken_back,
    };
    let act = |id: &str, what: &str, taken_back: bool| ActRow {
        id: id.into(),
        what: what.into(),
        details: vec![("Note".into(), "page 2 is black".into())],
        actor: "ben".into(),
        at: now(),
        taken_back: taken_back.then(|| ("amira".into(), now())),
        may_undo: may && !taken_back,
    };
    let field = |code: &str, label: &str, value: Option<&str>| FieldRow {
        code: code.into(),
        label: label.into(),
        value: value.map(Into::into),
        seen: format!("{code}1"),
    };
    Handled {
        id: "0193b3c0-0000-7000-8000-000000000001".into(),
        reference: "SCMS-193570".into(),
        documents: vec![document("d2", "pod 4711 signed.pdf", false), document("d1", "another's.pdf", true)],
        acts: vec![act("a2", "POD rejected", false), act("a1", "POD validated", true), act("d2", "POD received", false)],
        may: if may { vec![A::AttachPod, A::ValidatePod, A::RejectPod, A::ApproveCharges, A::Correct] } else { Vec::new() },
        to_approve: Some(Money { amount: "1250.50".into(), currency: "USD".into() }),
        fields: vec![field("customer", "Customer", Some("C-1042")), field("signed_by", "Signed by", None)],
        seen: SeenMarks { proof: "p1".into(), charges: "c1".into() },
    }
}

#[async_trait::async_trait]
impl Handling for Fake {
    async fn handled(&self, _: &Caller, _: String) -> Result<Handled, AppError> {
        self.well()?;
        Ok(match self.0 {
            Mood::Few => Handled { documents: Vec::new(), acts: Vec::new(), ..handled(false) },
            Mood::Looking => handled(false),
            _ => handled(true),
        })
    }

    async fn document(&self, _: &Caller, _: String, _: String) -> Result<Document, AppError> {
        Err(AppError::NotFound)
    }

    async fn attach(&self, _: &Caller, _: String, _: NewDocument) -> Result<ShipmentActed, AppError> {
        Err(AppError::NotFound)
    }

    async fn act_on_shipment(&self, _: &Caller, _: String, _: ShipmentAct) -> Result<ShipmentActed, AppError> {
        Err(AppError::NotFound)
    }

    async fn undo(&self, _: &Caller, _: String, _: String, _: String) -> Result<ShipmentActed, AppError> {
        Err(AppError::NotFound)
    }
}

#[async_trait::async_trait]
impl Flashes for Fake {
    async fn keep(&self, _: &Caller, _: Flash) -> String {
        "f1".into()
    }

    async fn flash(&self, _: &Caller, id: &str) -> Option<Flash> {
        let left = vec![NotDone { what: "POD missing".into(), href: Some("/exceptions/x".into()), why: "ben changed it".into() }];
        let undo = Some(Undo::Exceptions(vec![("0190-a".into(), 4)]));
        (id == "f1").then(|| Flash { done: Some("Snoozed 2 exceptions.".into()), left, undo, typed: None })
    }
}
