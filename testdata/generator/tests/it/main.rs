//! One integration binary; each file is a promise: `forms` of single logs, `exports`, the `fleet`, `damage`.

#![allow(clippy::expect_used, reason = "a test says by panicking what it misses")]

mod damage;
mod exports;
mod fleet;
mod forms;
mod reader;
