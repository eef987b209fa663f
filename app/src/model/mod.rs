//! What the pages show: plain data that crosses the wire between server and browser, and pure view maths over it.
//!
//! Times, money and durations arrive already worded by the server in the viewer's zone, so that the browser needs no
//! calendar; the exact value travels beside the words.

mod bulk;
mod exception;
mod exception_act;
mod flash;
mod handled;
mod home;
mod kpi;
mod lanes;
mod moment;
mod money;
mod order;
mod overview;
mod page;
mod policy;
mod quarantine;
mod readiness;
mod search;
mod shipment;
mod trends;
mod viewer;
mod work;

pub use bulk::{BulkAction, BulkItem, BulkJob, BulkRequest, BulkResult, BulkState, BulkTurn};
pub use exception::{
    ExceptionDetail, ExceptionFilter, ExceptionGroup, ExceptionKind, ExceptionRow, ExceptionState, ExceptionStep, Exceptions,
    MOST_GROUPS, Queue, Severity, Sums, UnknownCarrier, UnmappedCode,
};
pub use exception_act::{ExceptionAct, ExceptionActed, ExceptionAction, ExceptionUndo};
pub use flash::{Flash, NotDone, Undo};
pub use handled::{
    ActRow, Document, DocumentRow, FieldRow, Handled, NewDocument, SeenMarks, ShipmentAct, ShipmentActed, ShipmentAction,
};
pub use home::{Home, HomeCard, HomeCards, HomeCauses};
pub use kpi::{Kpi, KpiFilter, KpiMeaning, KpiPart, KpiPoint, KpiRow, KpiTarget, KpiValue, Omission, Percentiles};
pub use lanes::{LANE, LEFT, Lane, Lanes, Mark, RIGHT, WIDTH, lanes};
pub use moment::{Moment, Precision};
pub use money::{Money, group_thousands, tally};
pub use order::{OrderDetail, OrderFlag, OrderLeg};
pub use overview::{ErpBacklog, Overview, Parts, PipelineStep, SourceHealth, SourceState, Tally};
pub use page::{Choice, FilterChoices, Page, Period, PlaceChoices, day_words};
pub use policy::{
    ContractRow, DraftAnswer, DraftOutcome, PolicySection, PolicySectionView, PolicyStep, PolicyValue, PolicyView, SectionDraft,
    SectionFilter,
};
pub use quarantine::{QuarantineFilter, QuarantineFix, QuarantineItem, QuarantineOutcome, QuarantineRow, QuarantineState};
pub use readiness::{LifecyclePlace, RatedCharge, Readiness, ReadinessCondition};
pub use search::{SearchHit, SearchResults};
pub use shipment::{
    Blank, Fact, RawEvent, Reference, ShipmentDetail, ShipmentFilter, ShipmentRow, Stage, SystemState, TimelineEntry, Timeliness,
};
pub use trends::{Trend, TrendFilter, TrendSide, TrendStage, Trends};
pub use viewer::{Permission, Role, SignInError, SignInForm, Viewer};
pub use work::{Hold, WorkFilter, WorkList, WorkPage, WorkPart, WorkRow};
