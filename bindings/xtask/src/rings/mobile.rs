//! Ring *mobile*: the library type-checked for phones, so that the facade never grows into something that only
//! compiles on a desk. It links nothing and runs nothing: `toolchains/mobile-check.sh` says how.

use std::process::Command;

use crate::project::Project;
use crate::shell;
use crate::test::Record;

const TARGETS: [&str; 2] = ["aarch64-linux-android", "aarch64-apple-ios"];
const PACKAGE: &str = "phananh-ffi";

pub(super) fn run(project: &Project, record: &mut Record) {
    if let Err(reason) = possible() {
        for target in TARGETS {
            record.skip(target, &reason);
        }
        return;
    }
    let cache = project.cache.join("toolchains");
    let script = || {
        let mut bash = shell::command(project, "bash");
        bash.arg("bindings/xtask/toolchains/mobile-check.sh");
        bash
    };
    if record.check("chroot", script().arg("setup").arg(&cache)).failed > 0 {
        return;
    }
    for target in TARGETS {
        let mut check = script();
        check
            .arg("check")
            .arg(&cache)
            .arg(&project.root)
            .args([PACKAGE, target]);
        record.check(target, &mut check);
    }
}

/// Whether this machine can hold a Debian chroot.
///
/// # Errors
/// The reason why not.
pub(crate) fn possible() -> Result<(), String> {
    if !shell::has("apt-get") {
        return Err("needs a Debian-family machine (apt-get)".to_owned());
    }
    if shell::ask(Command::new("id").arg("-u")).is_none_or(|id| id != "0") {
        return Err("needs root (chroot and private mounts)".to_owned());
    }
    if shell::ask(Command::new("unshare").args(["--mount", "true"])).is_none() {
        return Err("this machine allows no private mount namespace (unshare)".to_owned());
    }
    Ok(())
}
