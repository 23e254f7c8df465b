//! Adler-32, as in RFC 1950.
use std::fs;
use std::path::Path;

use crate::error::ChecksumError;

pub fn checksum_file(path: &Path) -> Result<u32, ChecksumError> {
    let bytes = fs::read(path).map_err(ChecksumError::reading(path))?;
    Ok(adler32(&bytes))
}

fn adler32(bytes: &[u8]) -> u32 {
    let (a, b) = bytes.iter().fold((1u32, 0u32), |(a, b), &byte| {
        let a = (a + u32::from(byte)) % 65521;
        (a, (b + a) % 65521)
    });
    (b << 16) | a
}

#[cfg(test)]
mod tests {
    use super::adler32;

    #[test]
    fn matches_the_known_value() {
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }
}
