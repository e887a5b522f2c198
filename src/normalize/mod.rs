//! Pure rules that make one spelling of many, one a file.

pub mod time;
