//! A path that the operating system would not open in, words for it out: what it said, and what helps.

use std::io;
use std::path::Path;

use crate::error::reason;

/// What helps where Windows keeps its logs to itself.
///
/// The folder of live logs is for administrators whose prompt is elevated. The log itself is not: Sysmon's channel can be
/// read by the group Event Log Readers too, as the security descriptor that `wevtutil gl` prints says
/// (`(A;;0x1;;;S-1-5-32-573)`), and an export is such a reading, done by the event log's service.
const LIVE_LOGS: &str = "Live logs need an elevated prompt; a member of the group Event Log Readers can export the log \
                         without one: wevtutil epl Microsoft-Windows-Sysmon/Operational sysmon.evtx";

/// Why `path` could not be opened.
pub(crate) fn refusal(path: &Path, error: &io::Error) -> String {
    let said = reason(error);
    // The program has expanded what it could. What Windows says of the star is that the syntax is incorrect.
    if cfg!(windows) && error.kind() == io::ErrorKind::InvalidFilename && path.to_string_lossy().contains(['*', '?']) {
        return "no file has a name like this".to_owned();
    }
    if cfg!(windows) && error.kind() == io::ErrorKind::PermissionDenied && is_live(&path.to_string_lossy()) {
        return format!("{} {LIVE_LOGS}", ended(said));
    }
    said
}

/// Whether this is the folder of live logs or lies in it, wherever Windows is installed: `…\System32\winevt\Logs`. A
/// 32-bit program sees it below `Sysnative`.
fn is_live(path: &str) -> bool {
    let parts: Vec<&str> = path.split(['\\', '/']).filter(|part| !part.is_empty()).collect();
    parts.windows(3).any(|three| {
        let [system, winevt, logs] = three else { return false };
        ["system32", "sysnative"]
            .iter()
            .any(|name| system.eq_ignore_ascii_case(name))
            && winevt.eq_ignore_ascii_case("winevt")
            && logs.eq_ignore_ascii_case("logs")
    })
}

/// Windows ends its messages with a full stop, in most languages.
fn ended(said: String) -> String {
    match said.ends_with(['.', '。']) {
        true => said,
        false => said + ".",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIVE: &str = r"C:\Windows\System32\winevt\Logs\Microsoft-Windows-Sysmon%4Operational.evtx";

    #[test]
    fn the_folder_of_live_logs_is_known_wherever_windows_is() {
        for path in [
            LIVE,
            r"c:\windows\system32\WINEVT\LOGS",
            r"\\?\D:\Win\System32\winevt\Logs\",
            r"\\WS01\C$\Windows\System32\winevt/Logs/ForwardedEvents.evtx",
            r"C:\Windows\Sysnative\winevt\Logs",
        ] {
            assert!(is_live(path), "{path}");
        }
        for path in [
            "",
            r"C:\logs\sysmon.evtx",
            r"C:\winevt\Logs\a.evtx",
            r"C:\Windows\System32\winevt",
        ] {
            assert!(!is_live(path), "{path}");
        }
    }

    #[test]
    fn who_may_not_read_live_logs_is_told_how_to_export_them() {
        let denied = io::Error::from(io::ErrorKind::PermissionDenied);
        let missing = io::Error::from(io::ErrorKind::NotFound);
        let helped = refusal(Path::new(LIVE), &denied);
        assert_eq!(
            helped.contains(". Live logs need an elevated prompt"),
            cfg!(windows),
            "{helped}"
        );
        assert!(!refusal(Path::new(LIVE), &missing).contains("wevtutil"));
        assert!(!refusal(Path::new("a.evtx"), &denied).contains("wevtutil"));
    }
}
