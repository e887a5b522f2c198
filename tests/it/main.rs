//! One integration binary; each file is a promise to the user.

mod conformance;
