//! XML as Windows writes it: an event in, its `Event` element out.

use std::fmt::Write as _;

use super::json::{computer, record_id};
use crate::event::Event;
use crate::text::Text;

pub(super) const NAMESPACE: &str = "http://schemas.microsoft.com/win/2004/08/events/event";

/// An event on one line, with attributes in single quotes.
pub(super) fn event(event: &Event) -> String {
    let name = escaped(&event.provider.name.as_str().into());
    let guid = event
        .provider
        .guid
        .map(|guid| format!(" Guid='{{{}}}'", guid.to_string().to_lowercase()));
    let qualifiers = event.qualifiers.map(|n| format!(" Qualifiers='{n}'"));
    let (id, version, (process, thread)) = (event.id, event.version, event.execution);
    let data: String = event
        .data
        .iter()
        .map(|(name, value)| match name.as_ref() {
            "" => format!("<Data>{}</Data>", escaped(&value.to_text())),
            name => format!(
                "<Data Name='{}'>{}</Data>",
                escaped(&name.into()),
                escaped(&value.to_text())
            ),
        })
        .collect();
    let rendering = if event.rendered {
        rendering(event)
    } else {
        String::new()
    };
    format!(
        "<Event xmlns='{NAMESPACE}'><System><Provider Name='{name}'{}/><EventID{}>{id}</EventID>\
         <Version>{version}</Version><Level>4</Level><Task>{id}</Task><Opcode>0</Opcode>\
         <Keywords>0x8000000000000000</Keywords><TimeCreated SystemTime='{}'/>\
         <EventRecordID>{}</EventRecordID><Correlation/><Execution ProcessID='{process}' ThreadID='{thread}'/>\
         <Channel>{}</Channel><Computer>{}</Computer><Security UserID='S-1-5-18'/></System>\
         <EventData>{data}</EventData>{rendering}</Event>",
        guid.unwrap_or_default(),
        qualifiers.unwrap_or_default(),
        event.created.rfc3339(7),
        record_id(event),
        escaped(&event.channel),
        escaped(&computer(event)),
    )
}

fn rendering(event: &Event) -> String {
    format!(
        "<RenderingInfo Culture='en-US'><Message>{}</Message><Level>Information</Level><Task>{}</Task>\
         <Opcode>Info</Opcode><Channel>{}</Channel><Provider>{}</Provider><Keywords></Keywords></RenderingInfo>",
        escaped(&event.message()),
        event.task(),
        escaped(&event.channel),
        escaped(&event.provider.name.as_str().into()),
    )
}

/// Control characters become references, which parsers of XML 1.0 may refuse; lone surrogates become U+FFFD.
fn escaped(text: &Text) -> String {
    text.to_string().chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&apos;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c < ' ' => {
                // Writing to a String cannot fail.
                let _ = write!(out, "&#x{:X};", u32::from(c));
            }
            c => out.push(c),
        }
        out
    })
}
