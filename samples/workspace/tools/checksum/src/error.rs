//! What can go wrong.
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

#[derive(Debug)]
pub enum ChecksumError {
    Read { path: PathBuf, source: io::Error },
    EmptyManifest(PathBuf),
}

impl ChecksumError {
    pub fn reading(path: &Path) -> impl FnOnce(io::Error) -> ChecksumError + '_ {
        move |source| ChecksumError::Read { path: path.to_path_buf(), source }
    }
}

impl fmt::Display for ChecksumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChecksumError::Read { path, source } => write!(f, "{}: {source}", path.display()),
            ChecksumError::EmptyManifest(path) => write!(f, "{} lists nothing", path.display()),
        }
    }
}

impl std::error::Error for ChecksumError {}
