//! The first page of the day, by role.

use super::{WorkDesk, added, query};
use crate::{
    domain::{
        access::{Actor, Permission, Role},
        exception::{ExceptionKind, Queue},
        readiness::HoldKind,
    },
    service::{
        desk::{answer, role_label, sight},
        exceptions::{self, sums},
        shipments::COUNTED,
        words::Words,
    },
    store::{
        exceptions::{Assignee, ExceptionQuery},
        quarantine::QuarantineQuery,
        shipments::{PromiseFilter, ShipmentQuery},
        worklists::WorkShare,
    },
};
use app::{
    error::AppError,
    model::{ExceptionFilter, Home, HomeCard, HomeCards, HomeCauses, QuarantineFilter, ShipmentFilter, WorkFilter, WorkList},
    paths,
};

/// Causes that are shown.
const CAUSES: u32 = 8;

/// What a role begins its day with.
struct Plan {
    search_first: bool,
    logistics: bool,
    finance: bool,
    integration: bool,
    figures: bool,
    /// Queues whose causes are shown; none is all of them as one.
    queues: &'static [Option<Queue>],
}

fn plan(role: Role) -> Plan {
    let none = Plan { search_first: false, logistics: false, finance: false, integration: false, figures: false, queues: &[] };
    match role {
        Role::Viewer => Plan { figures: true, ..none },
        Role::Executive => Plan { figures: true, queues: &[None], ..none },
        Role::Dispatcher => Plan { logistics: true, queues: &[Some(Queue::Logistics)], ..none },
        Role::Finance | Role::FinanceLead => Plan { finance: true, queues: &[Some(Queue::Finance)], ..none },
        Role::Service => Plan { search_first: true, figures: true, queues: &[Some(Queue::Service)], ..none },
        Role::Integration => Plan { integration: true, queues: &[Some(Queue::Integration)], ..none },
        Role::Admin => Plan { logistics: true, finance: true, integration: true, queues: &[None], ..none },
    }
}

/// Reads a role's first page.
pub(super) async fn home(desk: &WorkDesk, actor: &Actor, role: Role) -> Result<Home, AppError> {
    let words = Words::new(actor, desk.clock.now());
    let page = Page { desk, actor, words };
    let plan = plan(role);
    let mut cards = Vec::new();
    if plan.logistics {
        cards.push(page.logistics().await?);
    }
    if plan.finance {
        cards.push(page.finance().await?);
    }
    if plan.integration {
        cards.push(page.integration().await?);
    }
    if plan.figures {
        cards.push(page.figures(role).await?);
    }
    // Whoever works on exceptions has some of their own.
    if actor.require(Permission::WorkExceptions).is_ok()
        && let Some(first) = cards.first_mut()
    {
        first.cards.push(page.mine().await?);
    }
    let mut causes = Vec::new();
    for queue in plan.queues {
        causes.push(page.causes(*queue).await?);
    }
    Ok(Home { role, role_label: role_label(role).into(), search_first: plan.search_first, cards, causes, as_of: words.as_of() })
}

struct Page<'p> {
    desk: &'p WorkDesk,
    actor: &'p Actor,
    words: Words,
}

fn cards(title: &str, cards: Vec<HomeCard>) -> HomeCards {
    HomeCards { title: title.to_owned(), cards }
}

impl Page<'_> {
    async fn shares(&self, list: WorkList) -> Result<Vec<WorkShare>, AppError> {
        let query = query(list, &WorkFilter::default(), sight(self.actor), self.words.now)?;
        self.desk.store.work_shares(&query, &[0]).await.map_err(answer)
    }

    fn card(&self, list: WorkList, shares: &[WorkShare]) -> HomeCard {
        HomeCard {
            label: list.label().into(),
            count: Some(shares.iter().map(|share| share.count).sum()),
            money: sums(&added(shares.iter())),
            href: paths::work(list, &WorkFilter::default()),
        }
    }

    async fn list(&self, list: WorkList) -> Result<HomeCard, AppError> {
        Ok(self.card(list, &self.shares(list).await?))
    }

    async fn overdue(&self) -> Result<HomeCard, AppError> {
        let query = ShipmentQuery {
            sight: sight(self.actor),
            region: None,
            business_unit: None,
            carrier: None,
            mode: None,
            customer: None,
            stage: None,
            promise: Some(PromiseFilter::Overdue(self.words.now)),
            awaiting_pod: false,
            delivered: false,
            from: None,
            to: None,
        };
        let count = self.desk.store.count_shipments(&query, COUNTED).await.map_err(answer)?;
        let filter = ShipmentFilter { timeliness: Some("overdue".into()), ..ShipmentFilter::default() };
        Ok(HomeCard { label: "Late, not delivered".into(), count, money: Vec::new(), href: paths::shipments(&filter) })
    }

    fn exceptions(&self) -> ExceptionQuery {
        ExceptionQuery {
            sight: sight(self.actor),
            queue: None,
            kind: None,
            state: None,
            cause: None,
            assignee: None,
            region: None,
            business_unit: None,
            snoozed: false,
            now: self.words.now,
        }
    }

    /// Open exceptions: how many, and the money of their shipments.
    async fn open(&self, label: &str, query: ExceptionQuery, filter: ExceptionFilter) -> Result<HomeCard, AppError> {
        let totals = self.desk.store.exception_groups(&query, 1).await.map_err(answer)?.totals;
        let href = paths::exceptions(&ExceptionFilter { view: Some("list".into()), ..filter });
        Ok(HomeCard { label: label.into(), count: Some(totals.exceptions), money: sums(&totals.money), href })
    }

    async fn kind(&self, kind: ExceptionKind) -> Result<HomeCard, AppError> {
        let filter = ExceptionFilter { kind: Some(kind.code().into()), ..ExceptionFilter::default() };
        self.open(kind.label(), ExceptionQuery { kind: Some(kind), ..self.exceptions() }, filter).await
    }

    async fn mine(&self) -> Result<HomeCard, AppError> {
        let name = exceptions::act::sign_in_name(self.actor).to_owned();
        let filter = ExceptionFilter { assignee: Some("me".into()), ..ExceptionFilter::default() };
        self.open("Assigned to me", ExceptionQuery { assignee: Some(Assignee::Named(name)), ..self.exceptions() }, filter).await
    }

    async fn logistics(&self) -> Result<HomeCards, AppError> {
        Ok(cards(
            "On the way",
            vec![
                self.overdue().await?,
                self.list(WorkList::Stale).await?,
                self.list(WorkList::Unassigned).await?,
                self.list(WorkList::Blocked).await?,
                self.list(WorkList::AwaitingPod).await?,
            ],
        ))
    }

    async fn finance(&self) -> Result<HomeCards, AppError> {
        let shares = self.shares(WorkList::Unbilled).await?;
        let mut all = vec![self.card(WorkList::Unbilled, &shares)];
        let free = |share: &&WorkShare| share.holds.is_empty();
        all.push(held("Ready to invoice", "none", shares.iter().filter(free).collect()));
        for kind in HoldKind::ALL {
            let of: Vec<&WorkShare> = shares.iter().filter(|share| share.holds.contains(*kind)).collect();
            if !of.is_empty() {
                all.push(held(kind.label(), kind.code(), of));
            }
        }
        all.push(self.kind(ExceptionKind::Disputed).await?);
        all.push(self.kind(ExceptionKind::PostingFailed).await?);
        Ok(cards("Cash that waits", all))
    }

    async fn integration(&self) -> Result<HomeCards, AppError> {
        let open = QuarantineQuery { sight: sight(self.actor), state: "open", source: None, code: None };
        let count = self.desk.store.count_quarantined(&open, COUNTED).await.map_err(answer)?;
        let href = paths::quarantine(&QuarantineFilter::default());
        Ok(cards(
            "What comes in",
            vec![
                self.kind(ExceptionKind::SourceSilent).await?,
                HomeCard { label: "In Quarantine".into(), count, money: Vec::new(), href },
                self.kind(ExceptionKind::UnknownCode).await?,
                self.kind(ExceptionKind::PostingMissing).await?,
            ],
        ))
    }

    /// What everybody asks first; what a role may not open is left out.
    async fn figures(&self, role: Role) -> Result<HomeCards, AppError> {
        let mut all = vec![self.overdue().await?];
        if self.actor.require(Permission::ReadExceptions).is_ok() {
            all.push(self.list(WorkList::Unbilled).await?);
            all.push(self.list(WorkList::AwaitingPod).await?);
            let every = self.exceptions();
            all.push(self.open("Open exceptions", every, ExceptionFilter::default()).await?);
        }
        if role == Role::Service {
            all.push(self.kind(ExceptionKind::Disputed).await?);
        }
        Ok(cards("Where things stand", all))
    }

    async fn causes(&self, queue: Option<Queue>) -> Result<HomeCauses, AppError> {
        let query = ExceptionQuery { queue, ..self.exceptions() };
        let found = self.desk.store.exception_groups(&query, CAUSES).await.map_err(answer)?;
        let filter = ExceptionFilter { queue: queue.map(|queue| queue.code().into()), ..ExceptionFilter::default() };
        Ok(HomeCauses {
            title: queue.map_or_else(|| "First causes".to_owned(), |queue| format!("First causes: {}", queue.label())),
            href: paths::exceptions(&filter),
            groups: found.groups.into_iter().map(|found| exceptions::group(found, self.words)).collect(),
        })
    }
}

/// A card of shipments without an invoice, by what holds them.
fn held(label: &str, code: &str, shares: Vec<&WorkShare>) -> HomeCard {
    let filter = WorkFilter { hold: Some(code.to_owned()), ..WorkFilter::default() };
    HomeCard {
        label: label.to_owned(),
        count: Some(shares.iter().map(|share| share.count).sum()),
        money: sums(&added(shares.into_iter())),
        href: paths::work(WorkList::Unbilled, &filter),
    }
}
