//! What every store must do, whatever database it stands on: one suite of scenarios over the traits, stamped for a database by
//! [`stamp`]. After each scenario all that is stored is compared with a slow, obvious recomputation (`model`).

pub(crate) mod acting;
pub(crate) mod amendments;
pub(crate) mod archiving;
pub(crate) mod bulk;
pub(crate) mod clocks;
pub(crate) mod extremes;
pub(crate) mod figured;
pub(crate) mod identity;
pub(crate) mod imports;
pub(crate) mod lists;
pub(crate) mod model;
pub(crate) mod projecting;
pub(crate) mod property;
pub(crate) mod quarantined;
pub(crate) mod retractions;
pub(crate) mod sight;
pub(crate) mod silence;
pub(crate) mod tell;
pub(crate) mod together;
pub(crate) mod working;
pub(crate) mod worklists;
pub(crate) mod world;

use super::{
    archive::ArchiveStore,
    bulk::BulkStore,
    config::ConfigStore,
    exceptions::ExceptionStore,
    feed::Feed,
    figures::{FiguresStore, FoldStore},
    imports::ImportStore,
    intake::IntakeStore,
    quarantine::QuarantineStore,
    shipments::ShipmentStore,
    sources::SourceStore,
    standing::StandingStore,
    timers::TimerStore,
    worklists::WorkListStore,
};
use crate::{clock::Clock, domain::time::Instant};
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a store does.
pub(crate) trait Store:
    IntakeStore
    + ShipmentStore
    + StandingStore
    + QuarantineStore
    + ImportStore
    + TimerStore
    + SourceStore
    + ConfigStore
    + ExceptionStore
    + BulkStore
    + WorkListStore
    + ArchiveStore
    + FoldStore
    + FiguresStore
    + Feed
{
}

impl<
    T: IntakeStore
        + ShipmentStore
        + StandingStore
        + QuarantineStore
        + ImportStore
        + TimerStore
        + SourceStore
        + ConfigStore
        + ExceptionStore
        + BulkStore
        + WorkListStore
        + ArchiveStore
        + FoldStore
        + FiguresStore
        + Feed,
> Store for T
{
}

/// A database of its own for one scenario.
#[async_trait]
pub(crate) trait Fixture: Send + Sync {
    /// The store.
    fn store(&self) -> &dyn Store;
    /// What it holds, read past the traits.
    async fn dump(&self) -> Dump;
    /// Holds what figures answer, in every way of asking, against what the stored shipments measure.
    async fn check_measured(&self);
    /// (actor, detail) of each entry of intake in the audit trail.
    async fn intake_trail(&self) -> Vec<(String, String)>;
    /// Makes the database refuse every event that comes from now on, or take them again.
    async fn refuse_events(&self, refuse: bool);
    /// Makes the stored state of this shipment unreadable, or readable again.
    async fn spoil(&self, shipment: &str, spoil: bool);
}

/// Opens fixtures.
#[async_trait]
pub(crate) trait Open: Fixture + Sized {
    /// Cases of the property; each needs two databases.
    const CASES: u32 = 64;
    /// An empty database whose time is told by this clock.
    async fn open(clock: Clock) -> Self;
}

/// What a store holds, by names instead of ids; empty counts left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Dump {
    /// (environment, source, id) → (hash of the body, record time) of the effective events.
    pub(crate) effective: BTreeMap<(String, String, String), (String, i64)>,
    /// (environment, reference) → state as JSON.
    pub(crate) shipments: BTreeMap<(String, String), serde_json::Value>,
    /// (environment, reference) → state as JSON.
    pub(crate) orders: BTreeMap<(String, String), serde_json::Value>,
    /// (environment, reference) → holds as bits, when to look again, flags of the orders, money that waits.
    pub(crate) assessed: BTreeMap<(String, String), Assessed>,
    /// (environment, reference, kind, cause of kinds that are each by cause) → what is open or claimed of shipments.
    pub(crate) open: BTreeMap<[String; 4], Opened>,
    /// (environment, shipment, name in lower case, scheme, issuer, value)
    pub(crate) names: BTreeSet<[String; 6]>,
    /// [environment, region, business unit, what] → how many
    pub(crate) counts: BTreeMap<[String; 4], i64>,
    /// [environment, metric, shipment, region, business unit, carrier, mode] and (day, bin) → sum of the signs
    pub(crate) measures: BTreeMap<([String; 7], (i32, i32)), i64>,
    /// [environment, metric, region, business unit] (none: over all of them) and (day, bin) → how many
    pub(crate) cells: BTreeMap<Cell, i64>,
}

/// What an assessment came to.
pub(crate) type Assessed = (u32, Option<i64>, serde_json::Value, Option<(i64, String)>);

/// An open exception: cause in words, since when, money, and customer, carrier, region, business unit.
pub(crate) type Opened = (String, i64, Option<(i64, String)>, [String; 4]);

/// A cell's key.
type Cell = ([String; 2], Option<[String; 2]>, (i32, i32));

/// Longer than a busy machine needs: what has not come by then does not come.
pub(crate) const PATIENCE: std::time::Duration = std::time::Duration::from_mins(2);

/// 2026-03-20T12:00:00Z, when every scenario begins.
pub(crate) const NOW: Instant = Instant(1_774_008_000 * Instant::SECOND);

/// Stamps the suite for a database.
macro_rules! stamp {
    ($fixture:ty) => {
        $crate::store::contract::stamp!($fixture:
            acting::a_waived_exception_waives_its_hold,
            acting::an_item_is_an_exception_until_it_is_taken,
            acting::each_unknown_code_is_an_exception_of_its_own,
            acting::exceptions_out_of_sight_are_not_there,
            acting::of_two_who_act_one_is_too_late,
            acting::ranked_pages_lose_nothing,
            acting::what_comes_back_within_a_week_is_the_same,
            acting::what_is_snoozed_comes_back,
            acting::what_was_done_last_is_undone,
            amendments::a_later_record_amends,
            amendments::an_amended_event_that_was_taken_back_stays_so,
            amendments::an_amendment_moves_an_event_to_another_shipment,
            amendments::an_earlier_record_of_another_shipment_is_known_again,
            amendments::an_earlier_record_that_comes_late_changes_nothing,
            amendments::the_same_body_with_a_later_time_is_an_amendment,
            archiving::bodies_of_work_that_is_over_leave_and_nothing_changes,
            clocks::a_clock_that_jumps_finds_each_once,
            clocks::a_summer_takes_no_hour_of_an_expectation,
            clocks::a_year_of_backlog_is_history_until_somebody_speaks_of_it,
            extremes::a_failed_commit_leaves_nothing,
            extremes::a_full_queue_takes_nothing,
            extremes::any_script_and_the_largest_numbers,
            extremes::commit_times_do_not_run_backwards,
            extremes::every_change_is_told,
            extremes::neither_lane_starves_the_other,
            extremes::one_unreadable_shipment_spoils_only_its_own,
            extremes::the_audit_trail_names_the_sender,
            extremes::the_largest_bodies,
            extremes::times_at_both_ends,
            figured::a_simulated_month_is_what_a_plain_computation_says,
            figured::an_exception_that_is_over_stays_with_whose_it_was,
            figured::what_the_erp_refused_is_refused_whatever_people_decide,
            bulk::a_job_does_what_was_frozen_and_nothing_else,
            bulk::a_job_is_undone_where_nobody_came_after_it,
            bulk::a_job_stays_inside_the_scope_of_who_started_it,
            bulk::waiving_in_bulk_waives_holds_and_is_undone,
            bulk::what_cannot_go_on_is_paused_and_says_so,
            bulk::who_may_not_waive_takes_back_no_waiver_in_bulk,
            identity::a_contradiction_is_kept_as_evidence,
            identity::a_repetition_is_a_duplicate,
            identity::an_id_belongs_to_its_source_and_environment,
            identity::the_lanes_store_the_same,
            imports::a_finished_import_begins_again,
            imports::an_interrupted_import_goes_on,
            imports::of_two_runs_of_one_import_one_wins,
            lists::a_timeline_is_cut_at_its_beginning,
            lists::every_filter_keeps_what_it_names,
            lists::every_name_leads_to_its_shipment,
            lists::pages_lose_nothing_and_repeat_nothing,
            projecting::a_day_without_deliveries_is_no_day,
            projecting::a_period_counts_its_days_alone,
            projecting::any_steps_fold_to_the_same,
            projecting::two_projectors_fold_once,
            quarantined::a_fix_is_kept_and_a_replay_resolves,
            quarantined::a_replay_of_what_is_there_tells_so,
            quarantined::items_out_of_sight_are_not_there,
            quarantined::of_two_people_at_once_one_wins,
            quarantined::a_contradiction_that_comes_twice_at_once_is_one_item,
            quarantined::quarantine_pages_lose_nothing,
            quarantined::the_same_bytes_are_one_item,
            quarantined::what_comes_together_is_kept_once_in_each_environment,
            quarantined::what_was_kept_as_history_alarms_nobody_later,
            retractions::a_retraction_brings_the_runner_up_back,
            retractions::a_retraction_cannot_be_taken_back,
            retractions::a_retraction_in_the_batch_of_its_event,
            retractions::a_retraction_reaches_only_its_own_source,
            retractions::a_tombstone_may_come_first,
            retractions::an_amended_retraction_gives_back_what_it_took,
            retractions::an_event_stays_taken_back_while_any_retraction_holds,
            sight::every_reader_sees_the_rows_of_the_scope,
            silence::a_silent_source_is_told_and_speaks_again,
            silence::who_works_by_a_calendar_has_its_hours,
            sight::what_is_out_of_sight_is_not_there,
            together::a_moved_dimension_moves_counts_and_measures,
            together::a_simulated_quarter_equals_its_recomputation,
            together::facts_do_not_depend_on_when_we_heard,
            together::names_outlive_those_that_shared_them,
            together::orders_and_shipments_of_one_name_are_two,
            together::several_events_of_a_shipment,
            working::a_block_after_planning_is_told_and_ends_with_the_release,
            working::a_map_reaches_what_came_before_it,
            working::a_policy_reaches_what_nothing_happens_to,
            working::an_order_that_comes_late_is_known_then,
            working::history_is_nobodys_work,
            working::old_news_in_bulk_waits_until_it_has_settled,
            working::what_does_not_come_in_time_is_found,
            worklists::pages_of_work_lose_nothing_in_either_order,
            worklists::shares_add_up_to_the_rows,
        );
    };
    ($fixture:ty: $($group:ident::$scenario:ident,)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $scenario() {
                let world = $crate::store::contract::world::World::open::<$fixture>().await;
                $crate::store::contract::$group::$scenario(&world).await;
                world.check().await;
            }
        )*

        #[test]
        fn any_order_any_repetition_any_batches_the_same_facts() {
            $crate::store::contract::property::converges::<$fixture>();
        }
    };
}
pub(crate) use stamp;
