pub mod bulk;
pub mod example;
pub mod exceptions;
pub mod fake;
pub mod figures;
pub mod handled;
pub mod lists;
pub mod render;
