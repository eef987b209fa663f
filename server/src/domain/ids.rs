//! Newtypes over the ids of our own (UUIDv7 text). They are made in `crate::ids`, which owns clock and randomness.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(/// A shipment.
    ShipmentId);
id!(/// An order.
    OrderId);
id!(/// A quarantined item.
    QuarantineId);
id!(/// A person.
    UserId);
id!(/// An API key.
    ApiKeyId);
id!(/// A sign-in.
    SessionId);
id!(/// A run of `waybill import`.
    ImportId);
