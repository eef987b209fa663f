//! The goods on their way, in the words of four people who look at them.

use super::lifecycle;
use crate::domain::{
    assess::Case,
    exception::{DETECTORS, ExceptionKind, Sign},
    fact::FactKey as K,
};

lifecycle! {
    /// What every system must agree on.
    Milestones: "ST5", "milestones", "Milestones",
        "The milestones on which every system must agree, whatever words of its own it uses.";
    states {
        /// Not dispatched.
        None = "none", "Not dispatched";
        /// Dispatch confirmed.
        Dispatched = "dispatched", "Dispatched";
        /// It left its place.
        InTransit = "in_transit", "In transit";
        /// Something is wrong with the delivery.
        ExceptionRaised = "exception_raised", "Exception raised";
        /// Handed over.
        Delivered = "delivered", "Delivered";
        /// Its proof was checked and is good.
        ProofConfirmed = "proof_confirmed", "Proof confirmed";
    }
    transitions {
        None [ShipmentDispatched] Dispatched;
        None [ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit StopCompleted
            ShipmentPartiallyDelivered] InTransit;
        None [DeliveryExceptionRaised] ExceptionRaised;
        None [ShipmentDelivered PodReceived] Delivered;
        None [PodValidated] ProofConfirmed;
        Dispatched [ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit StopCompleted
            ShipmentPartiallyDelivered] InTransit;
        Dispatched [DeliveryExceptionRaised] ExceptionRaised;
        Dispatched [ShipmentDelivered PodReceived] Delivered;
        Dispatched [PodValidated] ProofConfirmed;
        InTransit [DeliveryExceptionRaised] ExceptionRaised;
        InTransit [ShipmentDelivered PodReceived] Delivered;
        InTransit [PodValidated] ProofConfirmed;
        ExceptionRaised [DeliveryExceptionCleared] None;
        ExceptionRaised [DeliveryExceptionCleared] Dispatched;
        ExceptionRaised [DeliveryExceptionCleared] InTransit;
        ExceptionRaised [DeliveryExceptionCleared] Delivered;
        ExceptionRaised [PodValidated] ProofConfirmed;
        Delivered [ShipmentPartiallyDelivered] InTransit;
        Delivered [DeliveryExceptionRaised] ExceptionRaised;
        Delivered [PodValidated] ProofConfirmed;
        ProofConfirmed [PodRejected] InTransit;
        ProofConfirmed [PodRejected] ExceptionRaised;
        ProofConfirmed [PodRejected] Delivered;
    }
}

impl Milestones {
    /// A good proof outweighs what was wrong before it.
    pub(super) fn of(case: &Case<'_>) -> Self {
        if case.validated().is_some() {
            Self::ProofConfirmed
        } else if case.open(K::DeliveryExceptionRaised, &[K::DeliveryExceptionCleared]).is_some() {
            Self::ExceptionRaised
        } else if is_there(case) {
            Self::Delivered
        } else if case.has_moved() {
            Self::InTransit
        } else if case.has(K::Dispatched) {
            Self::Dispatched
        } else {
            Self::None
        }
    }
}

lifecycle! {
    /// An order's freight, as sales and planning speak of it.
    Freight: "ST1", "freight", "Freight",
        "The freight of an order, leg by leg. An order is as far as its slowest leg.";
    states {
        /// Nobody planned it.
        Unplanned = "unplanned", "Unplanned";
        /// Planned or booked.
        Planned = "planned", "Planned";
        /// A carrier was asked, or has it.
        Tendered = "tendered", "Tendered";
        /// It left its place.
        InTransit = "in_transit", "In transit";
        /// Trouble that nothing ended.
        Exceptioned = "exceptioned", "Trouble on the way";
        /// There.
        Delivered = "delivered", "Delivered";
    }
    transitions {
        Unplanned [ShipmentPlanned FreightBooked] Planned;
        Unplanned [TenderSent TenderAccepted VehicleAssigned LoadAssigned ShipmentLoaded LoadReassigned] Tendered;
        Unplanned [ShipmentDispatched ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit
            StopCompleted ShipmentPartiallyDelivered] InTransit;
        Unplanned [StopMissed CheckInMissed ShipmentPartiallyDelivered ShipmentRefused DeliveryExceptionRaised
            VehicleBrokeDown TemperatureAssessed] Exceptioned;
        Unplanned [ShipmentDelivered PodReceived PodValidated] Delivered;
        Planned [TenderSent TenderAccepted VehicleAssigned LoadAssigned ShipmentLoaded LoadReassigned] Tendered;
        Planned [ShipmentDispatched ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit
            StopCompleted ShipmentPartiallyDelivered] InTransit;
        Planned [StopMissed CheckInMissed ShipmentPartiallyDelivered ShipmentRefused DeliveryExceptionRaised
            VehicleBrokeDown] Exceptioned;
        Planned [ShipmentDelivered PodReceived PodValidated] Delivered;
        Tendered [TenderRejected] Unplanned;
        Tendered [TenderRejected] Planned;
        Tendered [ShipmentDispatched ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit
            StopCompleted ShipmentPartiallyDelivered] InTransit;
        Tendered [StopMissed CheckInMissed ShipmentPartiallyDelivered ShipmentRefused DeliveryExceptionRaised
            VehicleBrokeDown TemperatureAssessed] Exceptioned;
        Tendered [ShipmentDelivered PodReceived PodValidated] Delivered;
        InTransit [StopMissed CheckInMissed ShipmentPartiallyDelivered ShipmentRefused DeliveryExceptionRaised
            VehicleBrokeDown TemperatureAssessed] Exceptioned;
        InTransit [ShipmentDelivered PodReceived PodValidated] Delivered;
        Exceptioned [ShipmentCancelled DeliveryExceptionCleared ShipmentReturned] Unplanned;
        Exceptioned [ShipmentCancelled ShipmentReturned] Planned;
        Exceptioned [ShipmentCancelled VehicleAssigned LoadAssigned DeliveryExceptionCleared LoadReassigned ShipmentReturned
            InvoiceReleased ErpPostingSucceeded] Tendered;
        Exceptioned [ShipmentCancelled VehicleAssigned LoadAssigned ShipmentDeparted RouteDeparted WarehouseDeparted
            ShipmentPickedUp ShipmentInTransit StopCompleted DeliveryExceptionCleared LoadReassigned ShipmentReturned
            InvoiceReleased ErpPostingSucceeded TemperatureAssessed] InTransit;
        Exceptioned [ShipmentCancelled VehicleAssigned LoadAssigned ShipmentDeparted ShipmentPickedUp ShipmentInTransit
            ShipmentDelivered DeliveryExceptionCleared PodReceived PodValidated ShipmentReturned InvoiceReleased
            ErpPostingSucceeded TemperatureAssessed] Delivered;
        Delivered [ShipmentPartiallyDelivered] InTransit;
        Delivered [StopMissed CheckInMissed ShipmentPartiallyDelivered ShipmentRefused DeliveryExceptionRaised PodRejected
            VehicleBrokeDown TemperatureAssessed] Exceptioned;
    }
}

/// A carrier has it, or was asked.
const ASKED: [K; 4] = [K::Tendered, K::TenderAccepted, K::Assigned, K::Loaded];

impl Freight {
    /// Trouble comes before everything that it stands in the way of.
    pub(super) fn of(case: &Case<'_>) -> Self {
        let has_any = |keys: &[K]| keys.iter().any(|key| case.has(*key));
        if is_in_trouble(case) {
            Self::Exceptioned
        } else if is_there(case) {
            Self::Delivered
        } else if case.has_left() {
            Self::InTransit
        } else if has_any(&ASKED) && case.open(K::TenderRejected, &ASKED).is_none() {
            Self::Tendered
        } else if has_any(&[K::Planned, K::Booked, K::Tendered]) {
            Self::Planned
        } else {
            Self::Unplanned
        }
    }
}

fn is_in_trouble(case: &Case<'_>) -> bool {
    let detector = DETECTORS.iter().find(|(kind, _)| *kind == ExceptionKind::ExecutionTrouble);
    detector.is_some_and(|(_, detect)| matches!(detect(case), Sign::Found { .. }))
}

/// Handed over, or a proof says so. A rejected proof is a bad paper, but it does not bring the goods back.
fn is_there(case: &Case<'_>) -> bool {
    let told = case.has(K::PodReceived) || case.has(K::PodValidated);
    case.has(K::Delivered) || told && !case.has(K::PartiallyDelivered)
}

lifecycle! {
    /// In the words of systems that think from the warehouse.
    Warehouse: "ST3", "warehouse_words", "In warehouse words",
        "The vocabulary of systems that think from the warehouse: planned, loaded, in transit, delivered, closed.";
    states {
        /// Until it is loaded.
        Planned = "planned", "Planned";
        /// On the vehicle.
        Loaded = "loaded", "Loaded";
        /// Gone.
        InTransit = "in_transit", "In transit";
        /// Handed over.
        Delivered = "delivered", "Delivered";
        /// Posted in the ERP.
        Closed = "closed", "Closed";
    }
    transitions {
        Planned [ShipmentLoaded] Loaded;
        Planned [ShipmentDispatched ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit
            StopCompleted ShipmentPartiallyDelivered] InTransit;
        Planned [ShipmentDelivered PodReceived PodValidated] Delivered;
        Planned [ErpPostingSucceeded] Closed;
        Loaded [ShipmentDispatched ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit
            StopCompleted ShipmentPartiallyDelivered] InTransit;
        Loaded [ShipmentDelivered PodReceived PodValidated] Delivered;
        Loaded [ErpPostingSucceeded] Closed;
        InTransit [ShipmentDelivered PodReceived PodValidated] Delivered;
        InTransit [ErpPostingSucceeded] Closed;
        Delivered [ShipmentPartiallyDelivered] InTransit;
        Delivered [ErpPostingSucceeded] Closed;
    }
}

impl Warehouse {
    pub(super) fn of(case: &Case<'_>) -> Self {
        if case.has(K::ErpPosted) {
            Self::Closed
        } else if is_there(case) {
            Self::Delivered
        } else if case.has_left() {
            Self::InTransit
        } else if case.has(K::Loaded) {
            Self::Loaded
        } else {
            Self::Planned
        }
    }
}

lifecycle! {
    /// In the words of systems that think from the vehicle.
    Dispatch: "ST4", "dispatch_words", "In dispatch words",
        "The vocabulary of systems that think from the vehicle: assigned, dispatched, arrived, POD captured, settled.";
    states {
        /// No vehicle, no carrier.
        Unassigned = "unassigned", "Unassigned";
        /// A carrier or a vehicle has it.
        Assigned = "assigned", "Assigned";
        /// On its way.
        Dispatched = "dispatched", "Dispatched";
        /// There.
        Arrived = "arrived", "Arrived";
        /// A proof is there that was not rejected.
        PodCaptured = "pod_captured", "POD captured";
        /// Posted in the ERP.
        Settled = "settled", "Settled";
    }
    transitions {
        Unassigned [TenderAccepted VehicleAssigned LoadAssigned ShipmentLoaded LoadReassigned] Assigned;
        Unassigned [ShipmentDispatched ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit
            StopCompleted ShipmentPartiallyDelivered] Dispatched;
        Unassigned [ShipmentDelivered] Arrived;
        Unassigned [PodReceived PodValidated] PodCaptured;
        Unassigned [ErpPostingSucceeded] Settled;
        Assigned [ShipmentDispatched ShipmentDeparted RouteDeparted WarehouseDeparted ShipmentPickedUp ShipmentInTransit
            StopCompleted ShipmentPartiallyDelivered] Dispatched;
        Assigned [ShipmentDelivered] Arrived;
        Assigned [PodReceived PodValidated] PodCaptured;
        Assigned [ErpPostingSucceeded] Settled;
        Dispatched [ShipmentDelivered] Arrived;
        Dispatched [PodReceived PodValidated] PodCaptured;
        Dispatched [ErpPostingSucceeded] Settled;
        Arrived [ShipmentPartiallyDelivered] Dispatched;
        Arrived [PodReceived PodValidated] PodCaptured;
        Arrived [ErpPostingSucceeded] Settled;
        PodCaptured [PodRejected] Dispatched;
        PodCaptured [PodRejected] Arrived;
        PodCaptured [ErpPostingSucceeded] Settled;
    }
}

impl Dispatch {
    pub(super) fn of(case: &Case<'_>) -> Self {
        if case.has(K::ErpPosted) {
            Self::Settled
        } else if case.proven().is_some() {
            Self::PodCaptured
        } else if is_there(case) {
            Self::Arrived
        } else if case.has_left() {
            Self::Dispatched
        } else if [K::TenderAccepted, K::Assigned, K::Loaded].into_iter().any(|key| case.has(key)) {
            Self::Assigned
        } else {
            Self::Unassigned
        }
    }
}
