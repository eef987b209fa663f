//! The `waybill` command.

use std::process::ExitCode;

/// Intake makes and drops many small values; the system's allocator took a sixth of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    waybill_server::cli::main()
}
