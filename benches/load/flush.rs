//! Flushes to disk, timed, and made as slow as an ordinary disk's: `flush.c` is compiled here and preloaded into the
//! program that writes. Linux only, and it needs nothing but the C compiler that the build needs anyway.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// The library, and the files by which it is spoken to.
pub(crate) struct Flushes {
    directory: tempfile::TempDir,
}

impl Flushes {
    /// Compiles the library; flushes are timed and wait no longer.
    pub(crate) fn compile() -> Self {
        let flushes = Self {
            directory: tempfile::tempdir().unwrap(),
        };
        std::fs::write(flushes.place("flush.c"), include_str!("flush.c")).unwrap();
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .args([flushes.place("flush.so"), flushes.place("flush.c")])
            .status();
        assert!(compiled.unwrap().success());
        std::fs::write(flushes.place("taken"), "").unwrap();
        flushes.slow_by(Duration::ZERO);
        // A database may run as somebody else.
        for (name, mode) in [("", 0o755), ("flush.so", 0o755), ("taken", 0o666), ("longer", 0o644)] {
            std::fs::set_permissions(flushes.place(name), std::fs::Permissions::from_mode(mode)).unwrap();
        }
        flushes
    }

    fn place(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Lets a program start with the library before its own.
    pub(crate) fn preload(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", self.place("flush.so"))
            .env("FLUSH_DIRECTORY", self.directory.path());
    }

    /// From now on each flush takes this much longer.
    pub(crate) fn slow_by(&self, longer: Duration) {
        std::fs::write(self.place("longer"), longer.as_nanos().to_string()).unwrap();
    }

    /// How long each flush took, from the first to the last.
    pub(crate) fn taken(&self) -> Vec<Duration> {
        let bytes = std::fs::read(self.place("taken")).unwrap();
        let numbers = bytes.chunks_exact(8).map(|chunk| u64::from_ne_bytes(chunk.try_into().unwrap()));
        numbers.map(Duration::from_nanos).collect()
    }
}
