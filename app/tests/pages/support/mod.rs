pub mod example;
pub mod fake;
pub mod render;
