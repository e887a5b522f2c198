use super::*;

fn what(image: &str) -> Option<String> {
    Knowledge::builtin()
        .masquerade(image)
        .map(|finding| finding.what.into_owned())
}

#[test]
fn disguises_are_seen_through() {
    for (image, word) in [
        (r"C:\Temp\svchost.exe", "outside its folder"),
        (r"C:\Windows\svchost.exe", "outside its folder"),
        (r"C:\Windows\System32\drivers\SVCHOST.EXE", "outside its folder"),
        (r"C:\Windows\System32\explorer.exe", "outside its folder"),
        (r"C:\Users\alice\AppData\Local\Temp\chrome.exe", "outside its folder"),
        (r"C:\ProgramData\Microsoft\Edge\msedge.exe", "outside its folder"),
        (r"C:\Program Files\Vendor\lsass.exe", "outside its folder"),
        (r"D:\Windows\System32\svchost.exe", "another place"),
        (r"C:\Temp\Windows\System32\tool.exe", "another place"),
        (r"C:\Windows\Windows\System32\tool.exe", "another place"),
        (r"\\server\c$\Windows\System32\svchost.exe", "another place"),
        (r"C:\Windows \System32\svchost.exe", "space or dot"),
        ("C:\\Windows\u{A0}\\System32\\svchost.exe", "space or dot"),
        (
            "C:\\Program\u{A0}Files\\Vendor\\agent.exe",
            "looks like `Program Files`",
        ),
        (r"C:\Windows.\System32\svchost.exe", "space or dot"),
        (r"C:\Windows\System32\svchost.exe ", "space or dot"),
        (r"C:\Windows\System32\ svchost.exe", "space or dot"),
        (r"C:\Windows\System32\svchost.exe:evil.exe", "data stream"),
        (r"C:\Program Files\Vendor\readme.txt:payload.exe", "data stream"),
        ("C:/Windows/System32/svchost.exe", "slashes"),
        (r"C:\Windows\System32\..\Temp\svchost.exe", "`..`"),
        (r"C:\Windows\.\System32\svchost.exe", "`..`"),
        (r"C:\Windows\\System32\svchost.exe", "doubled"),
        (r"C:\PROGRA~1\Vendor\agent.exe", "8.3"),
        (r"C:\Users\NORA~1.QUE\x.exe", "8.3"),
        (r"\\?\C:\Windows\System32\svchost.exe", "prefix"),
        (r"\??\C:\Windows\System32\svchost.exe", "prefix"),
        ("svchost.exe", "no full path"),
        ("C:svchost.exe", "no full path"),
        ("<unknown process>", "no full path"),
        ("System ", "no full path"),
        ("Sуstem", "no full path"),
        ("C:\\Windows\\System32\\svch\u{200B}ost.exe", "not seen"),
        ("C:\\Windows\\System32\\txt\u{202E}exe.svchost.exe", "not seen"),
        ("C:\\Windows\\System32\\a\u{7}.exe", "not seen"),
        ("C:\\Windows\\System32\\\u{10F800}.exe", "not seen"),
        ("C:\\Windows\\System32\\svсhost.exe", "Latin letters mixed"),
        ("C:\\Windows\\System32\\svchóst.exe", "looks like `svchost.exe`"),
        ("C:\\Windоws\\System32\\svchost.exe", "looks like `Windows`"),
        ("C:\\Prógram Files\\Vendor\\agent.exe", "looks like `Program Files`"),
        ("C:\\Tools\\раypal.exe", "mixed"),
        (r"C:\Windows\System32\svch0st.exe", "one letter off `svchost.exe`"),
        (r"C:\Windows\System32\scvhost.exe", "one letter off `svchost.exe`"),
        (r"C:\Windows\System32\svchosts.exe", "one letter off `svchost.exe`"),
        (r"C:\Windows\System32\svchst.exe", "one letter off `svchost.exe`"),
        (r"C:\Temp\iexplorer.exe", "one letter off"),
        (r"C:\Users\alice\Downloads\image.jpeg.exe", "document"),
        (r"C:\Program Files\Vendor\report.PDF.exe", "document"),
        (r"C:\Users\alice\Downloads\image.jpg", "without the extension"),
        (r"C:\Users\alice\Downloads\program", "without the extension"),
    ] {
        let found = what(image).unwrap_or_default();
        assert!(found.contains(word), "{image}: {found:?}");
    }
}

#[test]
fn ordinary_programs_are_no_disguise() {
    for image in [
        r"C:\Windows\System32\svchost.exe",
        r"c:\windows\system32\SVCHOST.EXE",
        r"C:\Windows\SysWOW64\svchost.exe",
        r"C:\Windows\WinSxS\amd64_x_31bf_10.0_none_1\svchost.exe",
        r"C:\Windows\UUS\amd64\wuauclt.exe",
        r"C:\Windows\System32\nbtstat.exe",
        r"C:\Windows\Explorer.EXE",
        r"C:\windows\system32\wbem\wmiprvse.exe",
        r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe",
        r"C:\Program Files\PowerShell\7\pwsh.exe",
        r"C:\Program Files\LibreOffice\program\soffice.bin",
        r"C:\Program Files\Vendor\service.exe",
        r"C:\Program Files\Vendor\node.js.exe",
        r"C:\Program Files\Größe & Maß\Prüfer.exe",
        "C:\\Program Files\\данные\\программа.exe",
        "C:\\Program Files\\データ v2\\アップデータ.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
        r"C:\Program Files (x86)\Microsoft\Edge\Application\92.0.902.67\identity_helper.exe",
        r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        r"C:\Users\alice\AppData\Local\Microsoft\Teams\current\Teams.exe",
        r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18.24010.12-0\MsMpEng.exe",
        r"C:\Windows\System32\chcp.com",
        r"C:\Tools\~backup~\tool~x.exe",
        r"D:\Apps\tool.exe",
        "System",
        "Registry",
        "",
    ] {
        assert_eq!(what(image), None, "{image}");
    }
}

#[test]
fn every_known_program_is_at_home_in_its_own_places() {
    let knowledge = Knowledge::builtin();
    for entry in knowledge
        .list()
        .filter(|entry| entry.list == super::super::List::Program)
    {
        for image in entry.pattern.examples() {
            assert_eq!(what(&image), None, "{image}");
        }
    }
}
