//! Writes the logs that pipemine is tested on: single events, damaged and hostile logs, whole fleets of hosts.
//!
//! It shares no code with pipemine's readers, so that neither can hide the other's mistakes. The same input gives the
//! same bytes, for ever.

mod binxml;
mod chunk;
pub mod damage;
mod dictionary;
mod event;
pub mod export;
pub mod fleet;
pub mod flood;
mod layout;
mod log;
mod pipe;
mod random;
mod record;
mod rendering;
mod template;
mod text;
mod time;
mod truth;
mod value;

pub use event::{Event, Provider, SYSMON_CHANNEL};
pub use export::Export;
pub use fleet::Fleet;
pub use flood::Flood;
pub use log::{Form, Log, Placed, TooLarge};
pub use pipe::PipeEvent;
pub use random::Random;
pub use text::Text;
pub use time::Time;
pub use truth::{Row, Truth};
pub use value::{Guid, Value};

pub mod sysmon {
    //! The fields of Sysmon's events.
    pub use crate::layout::*;
}
