//! The path of the program.

use super::or_empty;

/// The path as the log has it; none is `-`.
#[must_use]
pub fn image(path: &str) -> &str {
    or_empty(path)
}

/// The file name: what comes after the last backslash.
#[must_use]
pub fn file_name(image: &str) -> &str {
    image.rsplit_once('\\').map_or(image, |(_, name)| name)
}

/// The folder, without its last backslash; empty where the image is a bare name such as `System`.
#[must_use]
pub fn folder(image: &str) -> &str {
    image.rsplit_once('\\').map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_split_at_its_last_backslash() {
        assert_eq!(file_name(r"C:\Windows\explorer.exe"), "explorer.exe");
        assert_eq!(folder(r"C:\Windows\explorer.exe"), r"C:\Windows");
        assert_eq!((folder("System"), file_name("System")), ("", "System"));
        assert_eq!(image(""), "-");
    }
}
