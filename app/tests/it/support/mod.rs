pub mod example;
pub mod fake;
