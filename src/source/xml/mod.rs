//! XML in, pipe events out.

pub(super) mod event;
