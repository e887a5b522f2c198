//! An image in, whether ordinary users can write there out.
//!
//! What excludes an image that anyone can replace excludes anyone. When in doubt, a place is writable.

use super::path::{ImagePath, Root, SYSTEM_DRIVE};
use super::{Finding, Knowledge, List};

impl Knowledge {
    /// Whether ordinary users can write where `image` lies: what place it is, and how that is known.
    ///
    /// `None` is "only administrators can": Windows and Program Files on `C:`, without the folders in them that are
    /// writable, and what a `protected` entry names. The kernel's own pseudo images, such as `System`, lie nowhere.
    #[must_use]
    pub fn writable(&self, image: &str) -> Option<Finding<'_>> {
        let path = ImagePath::parse(image);
        let known = |what, source| Some(Finding::fixed(what, source));
        match path.root {
            Root::None => return None,
            Root::Network => return known("a network path", "MITRE ATT&CK T1080"),
            Root::Device => {
                return known(
                    "a path of a device, such as a shadow copy or a share",
                    "MITRE ATT&CK T1006, T1564",
                );
            }
            Root::Drive(_) if path.wanders() => {
                return known(
                    "a path with `.` or `..`, which leads elsewhere than it reads",
                    "MITRE ATT&CK T1036",
                );
            }
            Root::Drive(_) => {}
        }
        // The lists are of plain paths.
        let image = if path.is_verbatim {
            image.get(4..).unwrap_or_default()
        } else {
            image
        };
        let slashed;
        let image = if image.contains('/') {
            slashed = image.replace('/', r"\");
            &slashed
        } else {
            image
        };
        let writable = self.best(List::Writable, image);
        let protected = self.best(List::Protected, image);
        match (writable, protected) {
            (Some(open), Some(closed)) if open.pattern.weight() >= closed.pattern.weight() => return Some(open.into()),
            (_, Some(_)) => return None,
            (Some(open), None) => return Some(open.into()),
            (None, None) => {}
        }
        if path.components.len() == 1 {
            return known("a drive's root", "MITRE ATT&CK T1036.005");
        }
        if path.root != Root::Drive(SYSTEM_DRIVE) {
            return known(
                "a drive other than C:, where any user may write by default",
                "Microsoft: default permissions of new NTFS volumes",
            );
        }
        if path.is_installed() {
            return None;
        }
        known(
            "a folder below the root of C:, where any user may create folders",
            "Microsoft: default permissions of the system drive",
        )
    }

    /// Whether a `protected` entry says that only administrators or the system write where `image` lies, and nothing more
    /// telling says otherwise.
    #[must_use]
    pub fn is_protected(&self, image: &str) -> bool {
        self.best(List::Protected, image).is_some() && self.writable(image).is_none()
    }

    /// The known product that installs itself where `image` lies, in a user's profile. Its user can replace it, so
    /// that a person has to decide.
    #[must_use]
    pub fn known_product_in_profile(&self, image: &str) -> Option<&str> {
        self.best(List::ProfileProduct, image).map(|entry| &*entry.what)
    }

    /// The product that `image` is of, where that is known: a folder's name alone says nothing of who made it.
    #[must_use]
    pub fn known_product(&self, image: &str) -> Option<&str> {
        let in_profile = || {
            let entry = self.best(List::ProfileProduct, image);
            entry.filter(|_| !ImagePath::parse(image).is_installed())
        };
        let entry = self.best(List::Product, image).or_else(in_profile);
        entry.map(|entry| &*entry.what)
    }

    /// What work `image` does that other programs do too, such as a shell's.
    #[must_use]
    pub fn role(&self, image: &str) -> Option<&str> {
        self.best(List::Role, image).map(|entry| &*entry.what)
    }

    /// What the rules for `image` are grouped under: the product's name; where that is not known the folder below Program
    /// Files, `ProgramData` or a profile's `AppData`, and else the file name.
    #[must_use]
    pub fn product<'a>(&'a self, image: &'a str) -> &'a str {
        if let Some(product) = self.known_product(image) {
            return product;
        }
        let path = ImagePath::parse(image);
        match path.root {
            Root::None => "Windows",
            Root::Drive(_) if path.is_installed() => installed_product(&path),
            Root::Drive(SYSTEM_DRIVE) => own_folder(&path).unwrap_or_else(|| path.file_name()),
            _ => path.file_name(),
        }
    }
}

/// The folder that a program made for itself below `ProgramData` or a user's `AppData`.
fn own_folder<'a>(path: &ImagePath<'a>) -> Option<&'a str> {
    let is = |at: usize, name: &str| {
        path.components
            .get(at)
            .is_some_and(|folder| folder.eq_ignore_ascii_case(name))
    };
    let at = if is(0, "ProgramData") {
        1
    } else if is(0, "Users") && is(2, "AppData") {
        if is(4, "Programs") { 5 } else { 4 }
    } else {
        return None;
    };
    // The last component is the file.
    let folder = path.components.get(at).filter(|_| at + 1 < path.components.len())?;
    (!folder.eq_ignore_ascii_case("Temp") && !folder.eq_ignore_ascii_case("Microsoft")).then_some(*folder)
}

/// The folder below Program Files; of a packaged app the name without version, architecture and publisher.
fn installed_product<'a>(path: &ImagePath<'a>) -> &'a str {
    let folder = |at: usize| path.components.get(at).copied().unwrap_or_default();
    match folder(1) {
        packaged if packaged.eq_ignore_ascii_case("WindowsApps") => {
            folder(2).split_once('_').map_or(folder(2), |(name, _)| name)
        }
        common if common.eq_ignore_ascii_case("Common Files") => folder(2),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(image: &str) -> Option<String> {
        Knowledge::builtin()
            .writable(image)
            .map(|finding| finding.what.into_owned())
    }

    #[test]
    fn a_package_that_any_user_can_install_is_not_safe_for_its_place() {
        let package =
            |publisher: &str| format!(r"C:\Program Files\WindowsApps\Contoso.App_1.2.3_x64__{publisher}\app.exe");
        assert!(what(&package("q1w2e3r4t5y6u")).is_some());
        assert_eq!(what(&package("8wekyb3d8bbwe")), None, "Microsoft's");
    }

    #[test]
    fn what_a_users_line_protects_as_loosely_as_it_is_writable_stays_writable() {
        let mut knowledge = Knowledge::builtin().clone();
        knowledge.extend("protected\tC:\\Users\\<*>\tours\tours\n").unwrap();
        assert!(
            knowledge
                .writable(r"C:\Users\alice\AppData\Local\Temp\upd.exe")
                .is_some()
        );
    }

    #[test]
    fn users_can_write_there() {
        for image in [
            r"C:\Users\alice\Downloads\x.exe",
            r"c:\users\ALICE\AppData\Local\Temp\x.exe",
            r"C:\Documents and Settings\alice\x.exe",
            r"C:\ProgramData\x.exe",
            r"C:\ProgramData\Microsoft\Windows Defender\x.exe",
            r"C:\ProgramData\Microsoft\Windows Defender\Platform\x.exe",
            r"C:\ProgramData\Microsoft\Windows Defender\Platform\..\..\x.exe",
            r"C:\ProgramData\Microsoft\Windows Defender \Platform\4.18\MsMpEng.exe",
            r"C:\Windows\Temp\x.exe",
            r"C:\Windows\Temp\a\b\x.exe",
            r"C:/Windows/Temp/x.exe",
            r"\\?\C:\Windows\Temp\x.exe",
            r"\??\C:\ProgramData\x.exe",
            r"C:\Windows\Tasks\x.exe",
            r"C:\Windows\tracing\x.exe",
            r"C:\Windows\debug\WIA\x.exe",
            r"C:\Windows\Registration\CRMLog\x.exe",
            r"C:\Windows\System32\FxsTmp\x.exe",
            r"C:\Windows\SysWOW64\com\dmp\x.exe",
            r"C:\Windows\System32\spool\drivers\color\svchost.exe",
            r"C:\Windows\System32\spool\PRINTERS\x.exe",
            r"C:\Windows\System32\spool\SERVERS\x.exe",
            r"C:\Windows\System32\Tasks\x.exe",
            r"C:\Windows\SysWOW64\Tasks\Microsoft\Windows\PLA\System\x.exe",
            r"C:\Windows\System32\Tasks_Migrated\x.exe",
            r"C:\Windows\System32\Microsoft\Crypto\RSA\MachineKeys\x.exe",
            r"C:\Windows\ServiceProfiles\LocalService\AppData\Local\Temp\x.exe",
            r"C:\Windows\System32\config\systemprofile\x.exe",
            r"C:\PerfLogs\x.exe",
            r"C:\$Recycle.Bin\S-1-5-21\x.exe",
            r"C:\x.exe",
            r"C:\TMP\x.exe",
            r"C:\Windows \System32\svchost.exe",
            r"C:\WINDOW~1\System32\svchost.exe",
            r"C:\Program Files (x64)\x\x.exe",
            r"D:\x.exe",
            r"D:\Windows\System32\svchost.exe",
            r"E:\Program Files\x\x.exe",
            r"\\server\share\x.exe",
            r"\\?\UNC\server\share\x.exe",
            r"\Device\HarddiskVolumeShadowCopy1\Windows\System32\svchost.exe",
            r"\\?\GLOBALROOT\Device\HarddiskVolumeShadowCopy1\x.exe",
            r"C:\Windows\System32\..\Temp\x.exe",
            r"C:\Program Files\..\Users\x.exe",
        ] {
            assert!(what(image).is_some(), "{image}");
        }
    }

    #[test]
    fn only_administrators_can_write_there() {
        for image in [
            r"C:\Windows\System32\svchost.exe",
            r"c:\windows\system32\SVCHOST.EXE",
            r"C:\Windows\explorer.exe",
            r"C:\Windows\Temporary\x.exe",
            r"C:\Windows\System32\spool\drivers\x64\3\x.exe",
            r"C:\Windows\SoftwareDistribution\Download\Install\AM_Delta.exe",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
            r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
            r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24010.12-0\MsMpEng.exe",
            "System",
            "",
        ] {
            assert_eq!(what(image), None, "{image}");
        }
    }

    #[test]
    fn a_file_of_ones_own_can_protect_a_folder_and_open_one_in_it() {
        let mut knowledge = Knowledge::builtin().clone();
        let lines = "protected\tD:\\Services\\<*>\tours\tour permissions\n\
                     writable\tD:\\Services\\Drop\\<*>\tthe drop folder\tour permissions\n";
        knowledge.extend(lines).unwrap();
        assert!(knowledge.writable(r"D:\Services\a.exe").is_none());
        assert!(knowledge.writable(r"D:\Services\Drop\a.exe").is_some());
        assert!(knowledge.writable(r"D:\Services\Drop\..\..\a.exe").is_some());
        assert!(knowledge.writable(r"D:\Services2\a.exe").is_some());
    }

    #[test]
    fn products_group_images() {
        let knowledge = Knowledge::builtin();
        for (image, product) in [
            (
                r"C:\Program Files\Google\Chrome\Application\chrome.exe",
                "Google Chrome",
            ),
            (
                r"C:\Program Files (x86)\Microsoft\Edge\Application\103.0.1264.44\identity_helper.exe",
                "Microsoft Edge",
            ),
            (
                r"C:\Program Files (x86)\Microsoft\EdgeUpdate\MicrosoftEdgeUpdate.exe",
                "Microsoft Edge",
            ),
            (r"C:\windows\System32\svchost.exe", "Windows"),
            (r"C:\Windows\System32\VBoxService.exe", "VirtualBox Guest Additions"),
            (
                r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
                "PowerShell",
            ),
            (r"C:\Program Files\Contoso Agent\bin\agentsvc.exe", "Contoso Agent"),
            (
                r"C:\Program Files\Microsoft SQL Server\MSSQL15.X\MSSQL\Binn\sqlservr.exe",
                "Microsoft SQL Server",
            ),
            (r"C:\Users\alice\AppData\Local\slack\app-4.36.140\slack.exe", "Slack"),
            (r"D:\Apps\tool.exe", "tool.exe"),
            (r"C:\Program Files\Common Files\Contoso\x\agent.exe", "Contoso"),
            (
                r"C:\Program Files\WindowsApps\Contoso.App_1.2.3_x64__8wekyb3d8bbwe\app.exe",
                "Contoso.App",
            ),
            (r"C:\Program Files\tool.exe", "tool.exe"),
            ("System", "Windows"),
        ] {
            assert_eq!(knowledge.product(image), product, "{image}");
        }
    }

    #[test]
    fn known_products_in_profiles() {
        let knowledge = Knowledge::builtin();
        let product = |image| knowledge.known_product_in_profile(image);
        assert_eq!(
            product(r"C:\Users\a\AppData\Local\Microsoft\Teams\current\Teams.exe"),
            Some("Microsoft Teams")
        );
        assert_eq!(
            product(r"C:\Users\a\AppData\Local\Programs\Microsoft VS Code\Code.exe"),
            Some("Visual Studio Code")
        );
        assert_eq!(
            product(r"C:\Users\a\AppData\Local\Discord\app-1.0.9035\Discord.exe"),
            Some("Discord")
        );
        assert_eq!(product(r"C:\Users\a\AppData\Local\Temp\Teams.exe"), None);
        assert_eq!(
            product(r"C:\Users\a\b\AppData\Local\Microsoft\Teams\current\Teams.exe"),
            None
        );
    }
}
