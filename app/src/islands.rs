//! The few things that move by themselves. Each is also right without JavaScript, only less lively.

pub mod copy;
pub mod live;
pub mod log;
mod morph;
pub mod name;
mod stream;
