//! What people do with a shipment: the parts that its page and its exceptions' pages show.

mod forms;
mod told;

pub(super) use forms::Forms;
pub(super) use told::{documents, said};
