//! Images that pretend to be others.

use super::attack::{used, used_by};
use super::fleet::stays;

const USUAL: [&str; 4] = [r"\wkssvc", r"\lsass", "<Anonymous Pipe>", r"\mojo.{pid}.{n}.{u64}"];

#[test]
fn mock_folders_and_trailing_blanks_and_dots() {
    stays(used_by(
        r"\wkssvc",
        [
            r"C:\Windows \System32\svchost.exe",
            r"C:\Windows\System32 \svchost.exe",
            r"C:\Windows\System32\svchost.exe ",
            r"C:\Windows\System32\svchost.exe.",
            r"C:\Program Files \Google\Chrome\Application\chrome.exe",
            r"C:\Program Files\Google.\Chrome\Application\chrome.exe",
            r"C:\Windows\System32\\svchost.exe",
            r"C:\Windows\ System32\svchost.exe",
            "C:\\Windows\u{a0}\\System32\\svchost.exe",
        ],
    ));
}

#[test]
fn windows_names_in_other_folders() {
    stays(used_by(
        "<Anonymous Pipe>",
        [
            r"C:\Windows\svchost.exe",
            r"C:\Windows\SysWOW64\lsass.exe",
            r"C:\Windows\System32\wbem\svchost.exe",
            r"C:\Program Files\Common Files\svchost.exe",
            r"C:\Program Files\Contoso\Windows\System32\svchost.exe",
            r"C:\Program Files\Chrome\chrome.exe",
            r"C:\Windows\WinSxS\x\svchost.exe",
            r"C:\Windows\UUS\amd64\svchost.exe",
        ],
    ));
}

#[test]
fn misspelt_names() {
    stays(used_by(
        r"\srvsvc",
        [
            r"C:\Windows\System32\svch0st.exe",
            r"C:\Windows\System32\scvhost.exe",
            r"C:\Windows\System32\lsasss.exe",
            r"C:\Windows\System32\WmiPrvSF.exe",
            r"C:\Windows\explorer .exe",
            r"C:\Windows\System32\svchost.com",
            r"C:\Windows\System32\svchost.exe.exe",
        ],
    ));
}

#[test]
fn letters_of_other_alphabets() {
    stays(used_by(
        r"\wkssvc",
        [
            "C:\\Windows\\System32\\svch\u{43e}st.exe",
            "C:\\Program Files\\Google\\Chrome\\Application\\chr\u{43e}me.exe",
            "C:\\Program Files\\G\u{43e}ogle\\Chrome\\Application\\chrome.exe",
            "C:\\Wind\u{43e}ws\\System32\\svchost.exe",
            "C:\\Program Files\\Mozilla Firef\u{43e}\u{445}\\firefox.exe",
            "C:\\Windows\\System32\\\u{17f}vchost.exe",
            "C:\\Program Files\\Example Bac\u{212a}up\\agent\\backupd.exe",
            "C:\\Program Files\\Ex\u{430}mple Backup\\agent\\backupd.exe",
            "C:\\Program Files\\Google\\Chrome\\Application\\\u{ff43}hrome.exe",
        ],
    ));
}

#[test]
fn text_that_turns_around_or_is_not_seen() {
    stays(used_by(
        r"\wkssvc",
        [
            "C:\\Program Files\\Contoso\\fdp\u{202e}exe.exe",
            "C:\\Windows\\System32\\svchost\u{200b}.exe",
            "C:\\Program Files\\Google\\Chrome\\Application\\chrome\u{ad}.exe",
            "C:\\Windows\\System32\\svchost.exe\u{0}",
            "C:\\Program Files\\Contoso\\\u{10F800}.exe",
        ],
    ));
}

#[test]
fn streams_short_names_and_odd_paths() {
    stays(used_by(
        r"\lsass",
        [
            r"C:\Windows\System32\svchost.exe:evil.exe",
            r"C:\Program Files\Contoso\readme.txt:app.exe",
            r"C:\Program Files\Contoso:app.exe",
            r"C:\PROGRA~1\Contoso\app.exe",
            r"C:\PROGRA~2\Google\Chrome\Application\chrome.exe",
            r"C:\WINDOW~1\System32\svchost.exe",
            r"C:\Windows\System32\..\Temp\svchost.exe",
            r"\\?\C:\Windows\System32\svchost.exe",
            r"\??\C:\Windows\System32\svchost.exe",
            r"C:/Windows/System32/svchost.exe",
            r"\SystemRoot\System32\svchost.exe",
            "svchost.exe",
            r"C:svchost.exe",
            "System ",
            r"\System",
        ],
    ));
}

#[test]
fn double_extensions() {
    stays(used(USUAL, r"C:\Users\alice\Downloads\holiday.jpeg.exe"));
    stays(used(USUAL, r"C:\Program Files\Contoso\report.pdf.exe"));
}

#[test]
fn events_without_an_image_or_a_name() {
    stays(used_by(r"\wkssvc", ["", "-", "<unknown process>", "<UNKNOWN PROCESS>"]));
    stays(used(["", "-"], super::SVCHOST));
}

#[test]
fn disguises_beside_the_real_ones() {
    let mut deeds = Vec::new();
    for image in [super::CHROME, super::SVCHOST, super::WMIPRVSE] {
        deeds.extend(used(USUAL, &format!("{image} ")));
        deeds.extend(used(USUAL, &image.replace(r"C:\", r"D:\")));
    }
    stays(deeds);
}
