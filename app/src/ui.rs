//! The kit: everything that pages are made of. A page passes meaning (a tone, a variant), never a colour.

pub mod badge;
pub mod button;
pub mod callout;
pub mod copy;
pub mod diff;
pub mod empty;
pub mod facts;
pub mod field;
pub mod frame;
pub mod icon;
pub mod load;
pub mod steps;
pub mod table;
pub mod tabs;
pub mod time;
