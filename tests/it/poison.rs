//! Poisoned baselines: an attacker was there while the baseline was collected, on every host and every day, with all that
//! he controls. Nothing of what he does may be excluded, and the noise around him still is.
//!
//! What a name and an image cannot tell is not asked for: a browser's own name by the browser, or an unknown name by a
//! program of a vendor that nothing is known of.

mod attack;
mod disguised;
mod fleet;
mod language;
mod look_alikes;
mod places;
mod public;
mod servers;
mod swallowing;
mod trusted;
mod volume;

const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
const EDGE: &str = r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe";
const EXPLORER: &str = r"C:\Windows\explorer.exe";
const LSASS: &str = r"C:\Windows\System32\lsass.exe";
const NOTEPAD: &str = r"C:\Windows\System32\notepad.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
const RUNDLL32: &str = r"C:\Windows\System32\rundll32.exe";
const SPOOLSV: &str = r"C:\Windows\System32\spoolsv.exe";
const SVCHOST: &str = r"C:\Windows\System32\svchost.exe";
const WMIPRVSE: &str = r"C:\Windows\System32\wbem\WmiPrvSE.exe";
/// A vendor's program that the fleet has, on its servers and nowhere else.
const VENDOR: &str = r"C:\Program Files\Example Backup\agent\backupd.exe";
