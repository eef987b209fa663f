//! Imports: an interrupted one goes on, a finished one begins again, and of two runs of one import one wins.

use super::{NOW, world::World};
use crate::{
    domain::{access::Environment, ids::ImportId, time::Instant},
    store::{
        StoreError,
        imports::{ImportKey, ImportProgress, ImportRun, ImportState, NewImport},
    },
};

fn new(id: &str, file: u8, environment: Environment) -> NewImport {
    NewImport {
        key: ImportKey { environment, file_hash: [file; 32], mapping_hash: [9; 32] },
        id: ImportId(id.into()),
        mapping: "parcels".into(),
        file_name: "parcels.csv".into(),
        actor: "system:import".into(),
        at: NOW,
    }
}

const HALF: ImportProgress = ImportProgress { items: 10, accepted: 5, duplicate: 2, amended: 1, conflict: 1, quarantined: 1 };

async fn begin(world: &World, id: &str, file: u8, environment: Environment) -> ImportRun {
    world.store().begin(new(id, file, environment)).await.expect("begins")
}

pub(crate) async fn an_interrupted_import_goes_on(world: &World) {
    let first = begin(world, "i-1", 1, Environment::Live).await;
    assert_eq!((first.id.as_str(), first.progress), ("i-1", ImportProgress::default()));
    world.store().advance(&first, HALF, ImportState::Running, Instant(NOW.0 + 1)).await.expect("advances");
    let again = begin(world, "i-2", 1, Environment::Live).await;
    assert_eq!((again.id.as_str(), again.progress), ("i-1", HALF));
    // Another file, and the same one in another world, are other imports.
    assert_eq!(begin(world, "i-3", 2, Environment::Live).await.progress, ImportProgress::default());
    assert_eq!(begin(world, "i-4", 1, Environment::Demo).await.progress, ImportProgress::default());
}

pub(crate) async fn a_finished_import_begins_again(world: &World) {
    let first = begin(world, "i-1", 1, Environment::Live).await;
    world.store().advance(&first, HALF, ImportState::Finished, NOW).await.expect("advances");
    let again = begin(world, "i-2", 1, Environment::Live).await;
    assert_eq!((again.id.as_str(), again.progress), ("i-1", ImportProgress::default()));
}

pub(crate) async fn of_two_runs_of_one_import_one_wins(world: &World) {
    let mut one = begin(world, "i-1", 1, Environment::Live).await;
    let other = begin(world, "i-2", 1, Environment::Live).await;
    let late = world.store().advance(&one, HALF, ImportState::Running, NOW).await;
    assert!(matches!(late, Err(StoreError::Conflict(_))), "{late:?}");
    one.version = world.store().advance(&other, HALF, ImportState::Running, NOW).await.expect("the one that began last");
    assert!(world.store().advance(&one, HALF, ImportState::Finished, NOW).await.is_ok());
}
