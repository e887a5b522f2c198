//! The words that Windows shows for an event: an event in, its message and task out.

use crate::event::Event;
use crate::layout::Layout;
use crate::text::Text;

impl Event {
    /// The message, as Event Viewer shows it and collectors and NXLog pass it on: a title, then `Name: value` lines.
    #[must_use]
    pub fn message(&self) -> Text {
        let mut units: Vec<u16> = Vec::new();
        let title = self.task().split(" (rule").next().unwrap_or_default();
        units.extend(format!("{title}:").encode_utf16());
        for (name, value) in &self.data {
            units.extend(format!("\n{name}: ").encode_utf16());
            units.extend(value.to_text().units());
        }
        units.into()
    }

    /// What the provider calls this kind of event.
    #[must_use]
    pub fn task(&self) -> &'static str {
        let sysmon = self.provider.name == "Microsoft-Windows-Sysmon";
        Layout::of(self.id)
            .filter(|_| sysmon)
            .map_or("None", |layout| layout.task)
    }
}
