//! The event types that Waybill understands: one for each verb of the trade, each versioned.

/// What an event's subject names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A shipment's reference.
    Shipment,
    /// An order's reference.
    Order,
}

macro_rules! event_types {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $title:literal, $kind:ident;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum EventType {
            $($(#[$doc])* $variant,)*
        }

        impl EventType {
            /// All of them, in the order of the trade.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The CloudEvents type.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => concat!("com.waybill.", $name),)* }
            }

            /// One event of this type, as JSON text.
            pub fn example(self) -> &'static str {
                match self {
                    $(Self::$variant => {
                        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/contracts/examples/com.waybill.", $name, ".json"))
                    })*
                }
            }

            fn from_short_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)* _ => None }
            }

            /// In words.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What its subject names.
            pub fn subject_kind(self) -> SubjectKind {
                match self { $(Self::$variant => SubjectKind::$kind,)* }
            }
        }
    };
}

event_types! {
    /// EV1
    OrderReleased = "order.released.v1", "Order released", Order;
    /// EV2
    OrderChanged = "order.changed.v1", "Order changed", Order;
    /// EV2
    OrderCancelled = "order.cancelled.v1", "Order cancelled", Order;
    /// EV2
    OrderCreditBlocked = "order.credit_blocked.v1", "Order blocked for credit", Order;
    /// EV2
    OrderPartiallyReleased = "order.partially_released.v1", "Order partially released", Order;
    /// EV3
    ShipmentPlanned = "shipment.planned.v1", "Planned", Shipment;
    /// EV3
    FreightBooked = "freight.booked.v1", "Freight booked", Shipment;
    /// Ends a shipment that will not move.
    ShipmentCancelled = "shipment.cancelled.v1", "Cancelled", Shipment;
    /// EV4
    TenderSent = "tender.sent.v1", "Tender sent", Shipment;
    /// EV4
    TenderAccepted = "tender.accepted.v1", "Tender accepted", Shipment;
    /// EV4
    TenderRejected = "tender.rejected.v1", "Tender rejected", Shipment;
    /// EV5
    VehicleAssigned = "vehicle.assigned.v1", "Vehicle assigned", Shipment;
    /// EV5
    LoadAssigned = "load.assigned.v1", "Load assigned", Shipment;
    /// EV6
    ShipmentDispatched = "shipment.dispatched.v1", "Dispatched", Shipment;
    /// EV6
    ShipmentDeparted = "shipment.departed.v1", "Departed", Shipment;
    /// EV6
    RouteDeparted = "route.departed.v1", "Route departed", Shipment;
    /// EV7
    ShipmentLoaded = "shipment.loaded.v1", "Loaded", Shipment;
    /// EV7
    WarehouseDeparted = "warehouse.departed.v1", "Left the warehouse", Shipment;
    /// EV8
    ShipmentPickedUp = "shipment.picked_up.v1", "Picked up", Shipment;
    /// EV9
    ShipmentInTransit = "shipment.in_transit.v1", "In transit", Shipment;
    /// Any of them, in the source's own words.
    StatusReported = "shipment.status_reported.v1", "Status reported", Shipment;
    /// EV9
    EtaChanged = "shipment.eta_changed.v1", "ETA changed", Shipment;
    /// EV10
    ShipmentDelayed = "shipment.delayed.v1", "Delayed", Shipment;
    /// EV11
    StopMissed = "stop.missed.v1", "Stop missed", Shipment;
    /// EV11
    CheckInMissed = "check_in.missed.v1", "Check-in missed", Shipment;
    /// EV12
    StopCompleted = "stop.completed.v1", "Stop completed", Shipment;
    /// EV13
    ShipmentDelivered = "shipment.delivered.v1", "Delivered", Shipment;
    /// EV14
    ShipmentPartiallyDelivered = "shipment.partially_delivered.v1", "Partially delivered", Shipment;
    /// EV14
    ShipmentRefused = "shipment.refused.v1", "Refused", Shipment;
    /// EV15
    DeliveryExceptionRaised = "delivery_exception.raised.v1", "Delivery exception raised", Shipment;
    /// EV15
    DeliveryExceptionCleared = "delivery_exception.cleared.v1", "Delivery exception cleared", Shipment;
    /// EV16
    PodReceived = "pod.received.v1", "POD received", Shipment;
    /// EV16
    PodValidated = "pod.validated.v1", "POD validated", Shipment;
    /// EV16
    PodRejected = "pod.rejected.v1", "POD rejected", Shipment;
    /// EV17
    VehicleBrokeDown = "vehicle.broke_down.v1", "Vehicle broke down", Shipment;
    /// EV17
    MaintenanceAlerted = "vehicle.maintenance_alerted.v1", "Maintenance alert", Shipment;
    /// EV17
    LoadReassigned = "load.reassigned.v1", "Load reassigned", Shipment;
    /// EV18
    ShipmentReturned = "shipment.returned.v1", "Returned", Shipment;
    /// EV19
    ChargesRated = "charges.rated.v1", "Charges rated", Shipment;
    /// EV19
    FreightChargeApproved = "freight_charge.approved.v1", "Freight charge approved", Shipment;
    /// EV20
    InvoiceReady = "invoice.ready.v1", "Invoice-ready", Shipment;
    /// EV21
    InvoiceGenerated = "invoice.generated.v1", "Invoice generated", Shipment;
    /// EV21
    InvoiceReleased = "invoice.released.v1", "Invoice released", Shipment;
    /// EV21
    InvoiceBlocked = "invoice.blocked.v1", "Invoice blocked", Shipment;
    /// EV22
    AccrualCreated = "accrual.created.v1", "Accrual created", Shipment;
    /// EV22
    AccrualReversed = "accrual.reversed.v1", "Accrual reversed", Shipment;
    /// EV23
    CarrierInvoiceReceived = "carrier_invoice.received.v1", "Carrier invoice received", Shipment;
    /// EV24
    ErpPostingSucceeded = "erp_posting.succeeded.v1", "ERP posting succeeded", Shipment;
    /// EV24
    ErpPostingFailed = "erp_posting.failed.v1", "ERP posting failed", Shipment;
    /// EV25
    SynchronisationCompleted = "synchronisation.completed.v1", "Synchronisation completed", Shipment;
    /// EV26
    CaseCreated = "case.created.v1", "Case created", Shipment;
    /// EV26
    CaseResolved = "case.resolved.v1", "Case resolved", Shipment;
    /// EV26
    DisputeOpened = "dispute.opened.v1", "Dispute opened", Shipment;
    /// EV26
    DisputeResolved = "dispute.resolved.v1", "Dispute resolved", Shipment;
    /// EV27
    NotificationSent = "notification.sent.v1", "Customer notified", Shipment;
    /// EV28
    TemperatureAssessed = "temperature.assessed.v1", "Temperature assessed", Shipment;
    /// EV29
    TelemetryRecorded = "telemetry.recorded.v1", "Telemetry", Shipment;
    /// Says what is right of what was believed.
    ShipmentCorrected = "shipment.corrected.v1", "Corrected", Shipment;
    /// Takes another event of the same source back; may come before it.
    EventRetracted = "event.retracted.v1", "Event retracted", Shipment;
}

impl EventType {
    /// The type with this CloudEvents name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::from_short_name(name.strip_prefix("com.waybill.")?)
    }
}
