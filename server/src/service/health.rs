//! Whether the parts that Waybill stands on do their work.

use crate::store::{StoreError, health::HealthStore};
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

/// No part may keep a probe waiting longer.
const PATIENCE: Duration = Duration::from_secs(3);

/// An answer holds so long: trying costs a commit, and anybody may ask.
const HOLDS: Duration = Duration::from_secs(1);

/// What was found, part by part; the error says in a few words what is wrong.
pub type Findings = Vec<(&'static str, Result<(), String>)>;

/// Something that runs beside the server, which serves without it as well.
pub trait Companion: Send + Sync {
    /// What it is called.
    fn name(&self) -> &'static str;
    /// How it goes; the error says in a few words what is wrong.
    fn state(&self) -> Result<(), String>;
}

/// Tries the parts out.
pub struct Health {
    store: Arc<dyn HealthStore>,
    companions: std::sync::Mutex<Vec<Arc<dyn Companion>>>,
    last: Mutex<Option<(Instant, Findings)>>,
}

impl Health {
    /// Over this store.
    pub fn new(store: Arc<dyn HealthStore>) -> Self {
        Self { store, companions: std::sync::Mutex::default(), last: Mutex::default() }
    }

    /// Tells also of what runs beside.
    pub fn tell_of(&self, companion: Arc<dyn Companion>) {
        self.beside().push(companion);
    }

    /// How it goes with what runs beside: told, and no reason to send nobody here.
    pub fn companions(&self) -> Findings {
        self.beside().iter().map(|companion| (companion.name(), companion.state())).collect()
    }

    fn beside(&self) -> std::sync::MutexGuard<'_, Vec<Arc<dyn Companion>>> {
        self.companions.lock().expect("nothing panics while it holds the list")
    }

    /// Tries every part, or tells what was found a moment ago.
    pub async fn check(&self) -> Findings {
        let mut last = self.last.lock().await;
        if let Some((at, findings)) = &*last
            && at.elapsed() < HOLDS
        {
            return findings.clone();
        }
        let findings = vec![
            ("store.read", told(timeout(PATIENCE, self.store.readable()).await)),
            ("store.write", told(timeout(PATIENCE, self.store.writable()).await)),
        ];
        *last = Some((Instant::now(), findings.clone()));
        findings
    }
}

fn told(answer: Result<Result<(), StoreError>, tokio::time::error::Elapsed>) -> Result<(), String> {
    match answer {
        Ok(Ok(())) => Ok(()),
        // The causes behind it are for the log: anybody may ask for readiness.
        Ok(Err(error)) => {
            tracing::warn!(error = ?error, "a part is not ready");
            Err(error.to_string())
        }
        Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
    }
}
