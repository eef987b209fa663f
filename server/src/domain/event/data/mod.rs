//! Payloads: what an event's `data` may hold, one type for each family of events.
//!
//! A payload is the family's own fields beside the attributes that any event of its subject may carry. Fields that a contract
//! does not name are kept with the event and mean nothing.

mod assignment;
mod attributes;
mod case;
mod charge;
mod correction;
mod delivery;
mod invoice;
mod movement;
mod order;
mod plan;
mod pod;
mod posting;
mod progress;
mod reading;
mod retraction;
mod status;
mod tender;
mod values;
mod vehicle;

pub use assignment::AssignmentData;
pub use attributes::{Attributes, Basics, ReferenceData, ShipmentAttributes};
pub use case::{CaseData, NotificationData};
pub use charge::{AccrualData, CarrierInvoiceData, ChargeLine, ChargesData};
pub use correction::CorrectionData;
pub use delivery::{DeliveryData, DeliveryExceptionData};
pub use invoice::InvoiceData;
pub use movement::MovementData;
pub use order::{Dimensions, OrderData, OrderLine};
pub use plan::PlanData;
pub use pod::{PodData, PodDocument};
pub use posting::{PostingData, SynchronisationData};
pub use progress::{DelayData, StopData};
pub use reading::{Reading, TelemetryData, TemperatureData};
pub use retraction::RetractionData;
pub use status::StatusData;
pub use tender::TenderData;
pub(crate) use values::end_of_day;
pub use values::{Amount, Code, Decimal, Few, Name, Note, Quantity, Text, When};
pub use vehicle::VehicleFaultData;

use super::{
    EventType,
    node::{Node, NodeError},
};
use schemars::{JsonSchema, Schema};
use serde::Deserialize;

/// An event's `data`, read by its type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventData {
    /// What every event may say.
    pub basics: Basics,
    /// Attributes of the subject; none where the family says nothing about it.
    pub attributes: Attributes,
    /// Attributes of the subject if it is a shipment.
    pub shipment: ShipmentAttributes,
    /// The family's own fields.
    pub body: EventBody,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "composes the JSON Schema of a payload")]
struct OrderPayload<B> {
    #[schemars(flatten)]
    body: B,
    #[schemars(flatten)]
    attributes: Attributes,
    #[schemars(flatten)]
    basics: Basics,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "composes the JSON Schema of a payload")]
struct ShipmentPayload<B> {
    #[schemars(flatten)]
    body: B,
    #[schemars(flatten)]
    shipment: ShipmentAttributes,
    #[schemars(flatten)]
    attributes: Attributes,
    #[schemars(flatten)]
    basics: Basics,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "composes the JSON Schema of a payload")]
struct SilentPayload<B> {
    #[schemars(flatten)]
    body: B,
    #[schemars(flatten)]
    basics: Basics,
}

/// Which attributes stand beside a family's own fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Beside {
    Order,
    Shipment,
    Nothing,
}

macro_rules! families {
    ($($(#[$doc:meta])* $family:ident($data:ty), $beside:ident / $payload:ident: $($variant:ident)|+;)*) => {
        /// A family's own fields.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum EventBody {
            $($(#[$doc])* $family($data),)*
        }

        fn beside(event_type: EventType) -> Beside {
            match event_type { $($(EventType::$variant)|+ => Beside::$beside,)* }
        }

        fn read_body(event_type: EventType, data: &Node) -> Result<EventBody, NodeError> {
            match event_type { $($(EventType::$variant)|+ => <$data>::deserialize(data).map(EventBody::$family),)* }
        }

        /// The JSON Schema of the `data` of events of this type.
        pub fn schema(event_type: EventType) -> Schema {
            match event_type {
                $($(EventType::$variant)|+ => schemars::SchemaGenerator::default().into_root_schema_for::<$payload<$data>>(),)*
            }
        }
    };
}

families! {
    /// `order.*`
    Order(OrderData), Order / OrderPayload:
        OrderReleased | OrderChanged | OrderCancelled | OrderCreditBlocked | OrderPartiallyReleased;
    /// Planned, booked, cancelled.
    Plan(PlanData), Shipment / ShipmentPayload: ShipmentPlanned | FreightBooked | ShipmentCancelled;
    /// `tender.*`
    Tender(TenderData), Shipment / ShipmentPayload: TenderSent | TenderAccepted | TenderRejected;
    /// Vehicle or load assigned.
    Assignment(AssignmentData), Shipment / ShipmentPayload: VehicleAssigned | LoadAssigned | LoadReassigned;
    /// Dispatched and moving.
    Movement(MovementData), Shipment / ShipmentPayload:
        ShipmentDispatched | ShipmentDeparted | RouteDeparted | ShipmentLoaded | WarehouseDeparted | ShipmentPickedUp
        | ShipmentInTransit | ShipmentReturned;
    /// The source's own words.
    Status(StatusData), Shipment / ShipmentPayload: StatusReported;
    /// Estimate changed, delayed.
    Delay(DelayData), Shipment / ShipmentPayload: EtaChanged | ShipmentDelayed;
    /// Stops and check-ins.
    Stop(StopData), Shipment / ShipmentPayload: StopMissed | CheckInMissed | StopCompleted;
    /// Handed over or refused.
    Delivery(DeliveryData), Shipment / ShipmentPayload: ShipmentDelivered | ShipmentPartiallyDelivered | ShipmentRefused;
    /// `delivery_exception.*`
    DeliveryException(DeliveryExceptionData), Shipment / ShipmentPayload: DeliveryExceptionRaised | DeliveryExceptionCleared;
    /// `pod.*`
    Pod(PodData), Shipment / ShipmentPayload: PodReceived | PodValidated | PodRejected;
    /// Faults of the vehicle.
    VehicleFault(VehicleFaultData), Nothing / SilentPayload: VehicleBrokeDown | MaintenanceAlerted;
    /// Charges rated or approved.
    Charges(ChargesData), Shipment / ShipmentPayload: ChargesRated | FreightChargeApproved;
    /// `invoice.*`
    Invoice(InvoiceData), Shipment / ShipmentPayload: InvoiceReady | InvoiceGenerated | InvoiceReleased | InvoiceBlocked;
    /// `accrual.*`
    Accrual(AccrualData), Shipment / ShipmentPayload: AccrualCreated | AccrualReversed;
    /// The carrier's invoice.
    CarrierInvoice(CarrierInvoiceData), Shipment / ShipmentPayload: CarrierInvoiceReceived;
    /// `erp_posting.*`
    Posting(PostingData), Shipment / ShipmentPayload: ErpPostingSucceeded | ErpPostingFailed;
    /// All systems agree.
    Synchronisation(SynchronisationData), Nothing / SilentPayload: SynchronisationCompleted;
    /// Cases and disputes.
    Case(CaseData), Nothing / SilentPayload: CaseCreated | CaseResolved | DisputeOpened | DisputeResolved;
    /// The customer was told.
    Notification(NotificationData), Nothing / SilentPayload: NotificationSent;
    /// `temperature.assessed`
    Temperature(TemperatureData), Nothing / SilentPayload: TemperatureAssessed;
    /// `telemetry.recorded`
    Telemetry(TelemetryData), Nothing / SilentPayload: TelemetryRecorded;
    /// `shipment.corrected`
    Correction(CorrectionData), Shipment / ShipmentPayload: ShipmentCorrected;
    /// `event.retracted`
    Retraction(RetractionData), Nothing / SilentPayload: EventRetracted;
}

impl EventData {
    /// Reads `data` of an event of this type.
    pub(super) fn read(event_type: EventType, data: &Node) -> Result<Self, NodeError> {
        let beside = beside(event_type);
        Ok(Self {
            body: read_body(event_type, data)?,
            basics: Basics::deserialize(data)?,
            attributes: if beside == Beside::Nothing { Attributes::default() } else { Attributes::deserialize(data)? },
            shipment: if beside == Beside::Shipment { ShipmentAttributes::deserialize(data)? } else { Default::default() },
        })
    }
}
