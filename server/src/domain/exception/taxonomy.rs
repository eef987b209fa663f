//! What each kind of exception means to people: how bad, whose, how soon, what to do, and what ends it.

use app::model::{ExceptionKind, Queue, Severity};

/// What a kind of exception means to people, unless the policy says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Taxonomy {
    /// The failure of the trade that it belongs to: `X2`.
    pub id: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Whose queue.
    pub queue: Queue,
    /// Hours within which it has to be solved.
    pub sla_hours: u32,
    /// How probable it is that its money is lost or late, from 0 to 1: rank is money × age × this.
    pub probability: f64,
    /// What is looked for, in words.
    pub found_when: &'static str,
    /// What makes it go away, in words.
    pub ends_when: &'static str,
    /// What to do, step by step.
    pub playbook: &'static [&'static str],
}

macro_rules! taxonomy {
    ($($kind:ident: $id:literal $severity:ident $queue:ident $sla:literal h, $p:literal,
        $found:literal, $ends:literal, [$($step:literal),+ $(,)?];)*) => {
        /// What a kind of exception means.
        pub fn taxonomy(kind: ExceptionKind) -> &'static Taxonomy {
            match kind {
                $(ExceptionKind::$kind => &Taxonomy {
                    id: $id,
                    severity: Severity::$severity,
                    queue: Queue::$queue,
                    sla_hours: $sla,
                    probability: $p,
                    found_when: $found,
                    ends_when: $ends,
                    playbook: &[$($step),+],
                },)*
            }
        }
    };
}

taxonomy! {
    StatusStale: "X1" Medium Logistics 8 h, 0.15,
        "dispatched or under way, not delivered, and no word of its way for longer than the cadence of its mode",
        "the next status of its way, or its delivery, comes in",
        ["Ask the carrier or the dispatch desk where it is.", "Look whether other shipments of this source are silent too.",
         "Have the missing status sent; it closes this by itself."];
    PodMissing: "X2" High Logistics 24 h, 0.35,
        "delivered, the contract asks for a POD, and none came within the grace",
        "a POD is received or validated, or the shipment is billed",
        ["Ask the carrier for the POD, naming its own reference.", "If the paper is there, attach it.",
         "Look at the group: one carrier missing many is one call, not many."];
    PodIncomplete: "X2" High Logistics 24 h, 0.35,
        "the latest POD was rejected, lacks something, or names no signer where the contract asks for one",
        "a POD without gaps is received, one is validated, or the shipment is billed",
        ["Read why it was rejected or what it lacks.", "Ask the carrier for a complete one.",
         "Validate it when it has come."];
    RateMismatch: "X3" High Finance 24 h, 0.5,
        "the invoice differs from the rated charges by more than the tolerance, in the same currency",
        "a corrected invoice or a new rating brings both within the tolerance",
        ["Compare the invoice's lines with the rated charges and the tariff.", "Correct the invoice, or have the charges rated anew.",
         "If the customer has it already, send a correction."];
    AccessorialUnusual: "X4" Medium Finance 24 h, 0.4,
        "rated charges hold a code that billing does not know, or more accessorials than usual",
        "the charges are rated anew or approved, or the invoice is released",
        ["Ask the carrier what the charge is for, with evidence.", "Map the code, or have the charges rated anew.",
         "Approve what is right."];
    ChargesIncomplete: "X5" High Finance 24 h, 0.4,
        "delivered, and charges, the customer, its contract, or a confirmation that it asks for (dispatch, loading, temperature) are missing longer than expected",
        "what was missing comes in, or the shipment is billed",
        ["Look at what is missing: charges, customer, contract, a confirmation.", "Have it rated, or complete the master data.",
         "A missing contract is entered under Configuration; it counts for all its shipments."];
    PrematureInvoice: "X6" Critical Finance 4 h, 0.6,
        "invoiced or posted before the contract's conditions were met",
        "the invoice is taken back, or a correction shows that the conditions were met in time; later proof does not end it",
        ["Do not send the invoice if it is not out.", "Take it back, or tell the customer and keep the proof ready.",
         "Find out which system released it, and why it did not wait."];
    PostingFailed: "X7" Critical Finance 4 h, 0.5,
        "the ERP refused the customer's posting, and has not confirmed one since",
        "the ERP confirms the posting",
        ["Read the ERP's error.", "Remove its cause: period, account, tax code, customer.", "Post again and wait for the document number."];
    PostingMissing: "X7" High Integration 8 h, 0.3,
        "invoiced, and the ERP neither confirmed nor refused in time",
        "the ERP confirms the posting, or refuses it",
        ["Look whether other postings come through.", "Look the invoice up in the ERP before anything is posted again.",
         "Have the confirmation sent, or post."];
    Duplicate: "X8" Critical Finance 4 h, 0.7,
        "two invoices were released for one shipment, or the ERP confirmed two documents for it",
        "all but one are taken back",
        ["Compare both: a part invoice each, or the same twice.", "Take the second one back before it is paid.",
         "If both are right, waive with the reason."];
    CarrierInvoiceMismatch: "X9" High Finance 48 h, 0.5,
        "the carrier's invoice has no expected cost to be matched with, or differs from it by more than the tolerance",
        "the charge is approved, the invoice corrected, or a cost comes in that matches",
        ["Compare it with the accrual and the booked rate.", "Ask the carrier for a corrected invoice, or approve the difference.",
         "An invoice that matches nothing may name the wrong shipment."];
    UnknownCode: "X10" Medium Integration 24 h, 0.2,
        "an event has a type, a status code or a carrier that nobody mapped",
        "the code is mapped, or what carried it is taken back; items in quarantine are replayed or discarded",
        ["See what the source means by it.", "Map it here or under Configuration; its shipments are worked out anew by themselves.",
         "A carrier is entered under Configuration › Carriers by an administrator, or this name given to one that is there.",
         "Replay what waits in quarantine."];
    TransitionIllegal: "X10" Medium Integration 24 h, 0.2,
        "the believed times are in an order that cannot be, such as a departure after the delivery (Transitions, below)",
        "a correction or a retraction brings them into a possible order",
        ["Look in the timeline who told which time.", "Have the wrong one corrected or taken back by its source.",
         "If one source does it again and again, look at its mapping and its clock."];
    DataDefect: "X11" Medium Integration 24 h, 0.3,
        "an item that a source sent cannot be read",
        "the item is fixed and replayed, or discarded with a reason",
        ["Read the reason and the place.", "Fix the item and replay it, or have the source send it again.",
         "Tell the source if it keeps coming."];
    SourceConflict: "X11" Medium Integration 24 h, 0.3,
        "a source that does not own a fact says later than its owner something else; the owner's word counts meanwhile",
        "the owner speaks again, both say the same, or a person corrects it",
        ["Look in the timeline who told what.", "Find out which is right.",
         "If it is not the owner's, have the owner send it, or correct it here."];
    OrderChanged: "X12" High Logistics 8 h, 0.4,
        "an order of the shipment was changed, cancelled or blocked for credit after the shipment was planned, or the shipment left although its order was cancelled or blocked",
        "changed: it is planned anew or delivered; cancelled: it is cancelled or returned, or the order released again; blocked: the order is released again",
        ["Stop what has not left.", "Plan it anew, or cancel it.", "Tell the customer what will come."];
    TenderRejected: "X13" High Logistics 4 h, 0.2,
        "a carrier rejected the tender, and no carrier has it since",
        "a carrier accepts, freight is booked, a vehicle is assigned, or it leaves",
        ["Tender to the next carrier of the lane.", "Look whether the pick-up can still be kept."];
    OrderUnknown: "X14" Medium Logistics 24 h, 0.25,
        "it names an order that nobody released",
        "the order is released, or the shipment is billed",
        ["Look the order up in the ERP.", "Correct the reference, or have the release sent."];
    ExecutionTrouble: "X15" High Logistics 4 h, 0.3,
        "a breakdown, a missed stop or check-in, a refusal, a partial delivery, a delivery exception or a broken temperature limit, and nothing that ended it",
        "breakdown, stop, check-in: it moves on, is reassigned or delivered; refusal: delivered or returned; partial: the rest is delivered; exception: cleared; temperature: assessed anew or billed",
        ["Find out where the goods are.", "Reassign, redeliver or take them back.", "Tell the customer before the customer calls."];
    LatePastPromise: "X16" Medium Logistics 12 h, 0.2,
        "the promise has passed, and it is neither delivered nor refused nor returned",
        "it is delivered, refused, returned or cancelled, or promised anew for a later time",
        ["Get a new estimate from the carrier.", "Tell the customer.", "Agree on a new promise where that is due."];
    SourceSilent: "X17" High Integration 2 h, 0.3,
        "a source that is expected to speak has been silent for longer than its cadence",
        "the source speaks again",
        ["Look at the source's own health and the last error.", "Rotate what ran out, or call the partner.",
         "Have it send what is missing: repetitions do no harm."];
    DocumentUnreadable: "X18" Medium Logistics 24 h, 0.3,
        "the POD's document was read with less confidence than asked for, and nobody has checked it",
        "the POD is validated or rejected, a readable one comes, or the shipment is billed",
        ["Open the document and read it.", "Validate or reject it."];
    CaseWithoutContext: "X19" Low Service 24 h, 0.05,
        "a case or dispute names a shipment of which nothing else is known",
        "anything else becomes known of the shipment, or the case is resolved",
        ["Search for the shipment by any other reference.", "Correct the case's reference."];
    NotInvoiced: "X20" High Finance 24 h, 0.3,
        "every condition of the contract is met, and no invoice was released in time",
        "the invoice is released or posted, or a condition is no longer met",
        ["Look whether it is drafted and waits for release.", "Release it.", "Look at the group: a billing run may have failed."];
    Unassigned: "X21" Medium Logistics 8 h, 0.15,
        "planned, and neither a carrier nor a vehicle in time",
        "freight is booked, a tender accepted, a vehicle assigned, or it leaves",
        ["Tender it, or assign a vehicle.", "Look whether the promise can still be kept."];
    ApprovalDelayed: "X22" High Finance 24 h, 0.35,
        "the invoice is blocked, or an approval that the contract asks for, of the charges or the POD, has not come in time",
        "the invoice is released, drafted anew or posted; the charges are approved; the POD is validated or rejected",
        ["Read what blocks it.", "Remove the cause, or approve.", "Release the invoice."];
    ManualEntry: "X23" Low Integration 72 h, 0.1,
        "a time or an amount that is believed was typed in by a person: into a manual source, or here as a correction",
        "a system's own word wins, or it is waived",
        ["See which system should have told it.", "Connect it, or correct its mapping."];
    Disputed: "X24" High Service 48 h, 0.6,
        "the customer disputes, and it is not resolved",
        "the dispute is resolved",
        ["Collect the POD, the rated charges and the contract.", "Answer the customer, credit or insist.", "Resolve the dispute in its own system."];
    AccrualMissing: "X25" Low Finance 48 h, 0.2,
        "freight cost was not accrued in time after the dispatch or the delivery",
        "the accrual is created, or the carrier's invoice comes",
        ["Look whether the accrual run went through.", "Accrue from the planned or rated cost."];
}
