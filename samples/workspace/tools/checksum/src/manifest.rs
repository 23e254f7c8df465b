//! The list of files that belong to a report.
use std::fs;
use std::path::Path;

use crate::error::ChecksumError;

pub fn read_manifest(folder: &Path) -> Result<Vec<String>, ChecksumError> {
    let path = folder.join("MANIFEST");
    let text = fs::read_to_string(&path).map_err(ChecksumError::reading(&path))?;
    let entries: Vec<String> = text.lines().filter(|line| !line.is_empty()).map(str::to_string).collect();
    if entries.is_empty() {
        return Err(ChecksumError::EmptyManifest(path));
    }
    Ok(entries)
}
