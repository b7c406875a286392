//! The kit: everything that pages are made of. A page passes meaning (a tone, a variant), never a colour.

pub mod appearance;
pub mod badge;
pub mod button;
pub mod callout;
pub mod compare;
pub mod copy;
pub mod diff;
pub mod empty;
pub mod examples;
pub mod facts;
pub mod field;
pub mod finder;
pub mod frame;
pub mod icon;
pub mod load;
pub mod people;
pub mod said;
pub mod steps;
pub mod table;
pub mod tabs;
pub mod time;
pub mod top;
