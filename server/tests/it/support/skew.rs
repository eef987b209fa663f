//! A machine whose clock is wrong.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

/// Tells the system's time as if it were later by so many seconds; what only goes on counts as it does.
const SOURCE: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *at) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int done = real(id, at);
    const char *late = getenv("CLOCK_LATE_BY");
    if (done == 0 && id == CLOCK_REALTIME && late) at->tv_sec += atol(late);
    return done;
}
"#;

/// What makes a clock wrong.
pub(crate) struct Skew(PathBuf);

impl Skew {
    pub(crate) fn make(folder: &Path) -> Self {
        let (source, library) = (folder.join("skew.c"), folder.join("skew.so"));
        std::fs::write(&source, SOURCE).expect("written");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").status();
        assert!(built.expect("a C compiler, as building Waybill needs one").success());
        Self(library)
    }

    /// Puts a command's clock forward by so many seconds.
    pub(crate) fn put(&self, command: &mut Command, seconds: i64) {
        command.env("LD_PRELOAD", &self.0).env("CLOCK_LATE_BY", seconds.to_string());
    }
}
