//! The same events in the forms into which other tools export logs: events in, a file's text out.
//!
//! Events should have their `computer` and `record_id`, as those of [`Fleet::events`](crate::Fleet::events) have.

mod csv;
mod json;
mod object;
mod xml;

use crate::event::Event;

/// A form of export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Export {
    /// JSON lines of `evtx_dump -o jsonl`.
    EvtxDump,
    /// JSON lines of NXLog's `im_msvistalog` with `to_json`, flat.
    NxLog,
    /// JSON lines of Winlogbeat: data below `winlog.event_data`.
    Winlogbeat,
    /// Event Viewer's "save as XML": all events in one `Events` element.
    EventViewerXml,
    /// `wevtutil qe /f:xml`: one event after the other, without a root.
    WevtutilXml,
    /// EvtxECmd's CSV: the data as JSON in the column `Payload`.
    EvtxECmd,
}

impl Export {
    /// All forms.
    pub const ALL: [Self; 6] = [
        Self::EvtxDump,
        Self::NxLog,
        Self::Winlogbeat,
        Self::EventViewerXml,
        Self::WevtutilXml,
        Self::EvtxECmd,
    ];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::EvtxDump => "evtx-dump",
            Self::NxLog => "nxlog",
            Self::Winlogbeat => "winlogbeat",
            Self::EventViewerXml => "event-viewer-xml",
            Self::WevtutilXml => "wevtutil-xml",
            Self::EvtxECmd => "evtxecmd-csv",
        }
    }

    /// The usual ending of such a file's name.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::EvtxDump | Self::NxLog | Self::Winlogbeat => "jsonl",
            Self::EventViewerXml | Self::WevtutilXml => "xml",
            Self::EvtxECmd => "csv",
        }
    }

    /// The file's text. Where the form cannot hold a lone surrogate, U+FFFD stands for it.
    #[must_use]
    pub fn file(self, events: &[Event]) -> String {
        let lines = |line: fn(&Event) -> String| events.iter().map(|event| line(event) + "\n").collect();
        match self {
            Self::EvtxDump => lines(json::evtx_dump),
            Self::NxLog => lines(json::nxlog),
            Self::Winlogbeat => lines(json::winlogbeat),
            Self::WevtutilXml => lines(xml::event),
            Self::EventViewerXml => {
                let events: String = events.iter().map(xml::event).collect();
                format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>{events}</Events>")
            }
            Self::EvtxECmd => csv::evtxecmd(events),
        }
    }
}
