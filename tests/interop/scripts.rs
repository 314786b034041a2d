//! Runs the scripts that ask the implementations of others.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Where `tests/run` installed them.
pub(crate) fn installed() -> PathBuf {
    std::env::var("CREDIT_BANK_TEST_INTEROP")
        .expect("tests/run names the implementations of others in CREDIT_BANK_TEST_INTEROP")
        .into()
}

fn run(program: &Path, script: &Path, given: &Value) -> Vec<Value> {
    let mut process = Command::new(program)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(given.to_string().as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    let (said, complained) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {said}{complained}", script.display());
    said.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Runs a script of Node.js, and reads what it says, line by line.
pub(crate) fn node(script: &str, given: &Value) -> Vec<Value> {
    // Packages are looked for beside the script.
    let directory = tempfile::tempdir().unwrap();
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop");
    for name in ["documents.mjs", script] {
        std::fs::copy(own.join(name), directory.path().join(name)).unwrap();
    }
    std::os::unix::fs::symlink(installed().join("node_modules"), directory.path().join("node_modules")).unwrap();
    run(Path::new("node"), &directory.path().join(script), given)
}

/// Runs a script of Python, likewise.
pub(crate) fn python(script: &str, given: &Value) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop").join(script);
    run(&installed().join("python/bin/python"), &script, given)
}
