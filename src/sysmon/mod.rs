//! Sysmon's config language.
