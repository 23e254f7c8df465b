//! Prints a checksum for every exported report.
mod error;
mod manifest;
mod sum;

use std::env;
use std::path::Path;

use error::ChecksumError;

fn run(folder: &Path) -> Result<(), ChecksumError> {
    let entries = manifest::read_manifest(folder)?;
    for entry in entries {
        let sum = sum::checksum_file(&folder.join(&entry))?;
        println!("{sum:08x}  {entry}");
    }
    Ok(())
}

fn main() {
    let folder = env::args().nth(1).unwrap_or_else(|| ".".to_string());
    if let Err(error) = run(Path::new(&folder)) {
        eprintln!("checksum: {error}");
        std::process::exit(1);
    }
}
