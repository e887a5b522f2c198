//! Sysmon's config language: a config file in, what it would log out.
//!
//! [`Config::load`] reads a file as Sysmon does or says why Sysmon would not; [`Config::engine`] compiles its pipe
//! filters; [`Engine::verdict`] says what becomes of an event.
//!
//! ```
//! use pipemine::sysmon::{Config, Event};
//!
//! let config = Config::load(br#"<Sysmon schemaversion="4.50"><EventFiltering>
//!     <RuleGroup name="" groupRelation="or"><PipeEvent onmatch="exclude">
//!         <PipeName condition="is">\srvsvc</PipeName>
//!     </PipeEvent></RuleGroup>
//! </EventFiltering></Sysmon>"#)?;
//! let engine = config.engine();
//! let event = Event { event_type: "ConnectPipe", pipe_name: r"\SrvSvc", image: r"C:\a.exe", user: "" };
//! assert!(!engine.verdict(&event).logged);
//! # Ok::<(), pipemine::sysmon::LoadError>(())
//! ```

mod algebra;
mod other_events;
pub mod condition;
mod config;
mod document;
mod edit;
mod encoding;
mod engine;
mod field;
mod fold;
mod grammar;
pub mod lint;
mod load;
mod position;
mod reject;
pub mod schema;
pub mod write;

pub use condition::Condition;
pub use config::{Config, Element, Fate, Filter, Group, Item, ItemId, Node, OnMatch, Relation, Rule, Span};
pub use edit::Edit;
pub(crate) use edit::apply as apply_edits;
pub use encoding::{Encoding, Text};
pub(crate) use engine::Needles;
pub use engine::{Decision, Engine, Event, Failing, Match, NearMiss, Verdict};
pub use field::Field;
pub use fold::Folding;
pub(crate) use fold::as_name;
pub use lint::{Effect, Finding, Fix, LintOptions, Severity, explain, lint};
pub use reject::{Failure, LoadError, Place};
