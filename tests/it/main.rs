//! One integration binary; each file is a promise to the user.
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test that cannot go on says so by panicking"
)]

mod conformance;
mod explaining;
mod hostile_config;
mod loading;
mod specification;
