//! Use cases. Every call takes an actor and authorises it here, whatever the way in was.

pub mod health;
pub mod intake;
