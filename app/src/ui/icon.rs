//! Line icons, 16 by 16, drawn for this product. They accompany words and are hidden from screen readers.

use leptos::prelude::*;

/// Which icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A hull on a ramp: the product.
    Slipway,
    /// A window with a pulse: the overview.
    Overview,
    /// A stack of sheets: releases.
    Releases,
    /// Four squares: instances.
    Instances,
    /// A tick.
    Check,
    /// A cross.
    Cross,
    /// A dot in a ring: something is under way.
    Moving,
    /// A question mark.
    Question,
    /// A stop: it is over.
    Over,
    /// An exclamation mark in a triangle.
    Warning,
    /// An i in a ring.
    Note,
    /// An arrow out of a box: a link that leads away.
    External,
    /// An arrow to the right: what to do next.
    Arrow,
    /// A small angle to the right: a step of the way here.
    Angle,
    /// Three lines: the menu.
    Menu,
    /// Two sheets: copy.
    Copy,
    /// A flask: the sandbox.
    Flask,
    /// A plug without a socket: out of reach.
    Unplugged,
    /// A lock.
    Lock,
    /// Lines of a text: what is said.
    Lines,
    /// A plus: one more.
    Plus,
    /// A bin: away with it.
    Bin,
    /// A pencil: change it.
    Pencil,
    /// A glass: search.
    Search,
    /// A disc, half of it hatched: how pages look.
    Contrast,
    /// Two drawers of a rack, each with a light: the system itself.
    System,
}

impl Glyph {
    /// All of them.
    pub const ALL: [Self; 26] = [
        Self::Slipway,
        Self::Overview,
        Self::Releases,
        Self::Instances,
        Self::Check,
        Self::Cross,
        Self::Moving,
        Self::Question,
        Self::Over,
        Self::Warning,
        Self::Note,
        Self::External,
        Self::Arrow,
        Self::Angle,
        Self::Menu,
        Self::Copy,
        Self::Flask,
        Self::Unplugged,
        Self::Lock,
        Self::Lines,
        Self::Plus,
        Self::Bin,
        Self::Pencil,
        Self::Search,
        Self::Contrast,
        Self::System,
    ];

    fn path(self) -> &'static str {
        match self {
            Self::Slipway => "M2 13.4 14 9.2M3.4 5h9.4l-1.9 3.6-6.2 2.2zM7.6 5V2.4",
            Self::Overview => "M1.8 8.4h2.9l1.7-4.6 3 8.6 1.8-4h3",
            Self::Releases => "M8 1.9 14 5 8 8.1 2 5zM2 8l6 3.1L14 8M2 11l6 3.1L14 11",
            Self::Instances => {
                "M3.2 2.5h2.6c.4 0 .7.3.7.7v2.6c0 .4-.3.7-.7.7H3.2a.7.7 0 0 1-.7-.7V3.2c0-.4.3-.7.7-.7zM10.2 2.5h2.6c.4 0 .7.3.7.7v2.6c0 .4-.3.7-.7.7h-2.6a.7.7 0 0 1-.7-.7V3.2c0-.4.3-.7.7-.7zM3.2 9.5h2.6c.4 0 .7.3.7.7v2.6c0 .4-.3.7-.7.7H3.2a.7.7 0 0 1-.7-.7v-2.6c0-.4.3-.7.7-.7zM10.2 9.5h2.6c.4 0 .7.3.7.7v2.6c0 .4-.3.7-.7.7h-2.6a.7.7 0 0 1-.7-.7v-2.6c0-.4.3-.7.7-.7z"
            }
            Self::Check => "m3.2 8.4 3.1 3.1 6.5-7",
            Self::Cross => "m4.2 4.2 7.6 7.6M11.8 4.2l-7.6 7.6",
            Self::Moving => "M8 7.9v.2",
            Self::Question => "M5.7 5.8a2.4 2.4 0 1 1 3.4 2.1c-.8.4-1.1.8-1.1 1.6M8 12.3v.1",
            Self::Over => "M4.8 4.8h6.4v6.4H4.8z",
            Self::Warning => {
                "M7.2 2.7 1.7 12.2c-.3.6.1 1.3.8 1.3h11c.7 0 1.1-.7.8-1.3L8.8 2.7a.9.9 0 0 0-1.6 0zM8 6.3v3M8 11.3v.1"
            }
            Self::Note => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.4v3.4M8 5.2v.1",
            Self::External => {
                "M9.6 2.6h3.8v3.8M13.2 2.8 7.6 8.4M11.6 9.4v3.2c0 .5-.4.9-.9.9H3.4a.9.9 0 0 1-.9-.9V5.3c0-.5.4-.9.9-.9h3.2"
            }
            Self::Arrow => "M2.8 8h10M9 4.2 12.8 8 9 11.8",
            Self::Angle => "m6.2 3.8 4.2 4.2-4.2 4.2",
            Self::Menu => "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
            Self::Copy => {
                "M6.2 5.5h6.1c.4 0 .7.3.7.7v6.1c0 .4-.3.7-.7.7H6.2a.7.7 0 0 1-.7-.7V6.2c0-.4.3-.7.7-.7zM3.7 10.5a.7.7 0 0 1-.7-.7V3.7c0-.4.3-.7.7-.7h6.1c.4 0 .7.3.7.7"
            }
            Self::Flask => {
                "M6.2 2h3.6M6.8 2v4.2L3.1 12.4c-.4.7.1 1.6.9 1.6h8c.8 0 1.3-.9.9-1.6L9.2 6.2V2M5 10h6"
            }
            Self::Unplugged => {
                "m2 14 2.2-2.2M14 2l-2.2 2.2M4 8.4l3.6 3.6-1 1a2.5 2.5 0 0 1-3.6-3.6zM12 7.6 8.4 4l1-1A2.5 2.5 0 0 1 13 6.6zM6.2 9.8l1.3-1.3M7.8 11.4l1.3-1.3"
            }
            Self::Lines => "M3 4.2h10M3 8h10M3 11.8h6",
            Self::Plus => "M8 3.5v9M3.5 8h9",
            Self::Bin => "M3 4.5h10M6.2 4.5V3h3.6v1.5M4.4 4.5l.6 8.2h6l.6-8.2M6.8 7v3.4M9.2 7v3.4",
            Self::Pencil => "m3 13 .6-2.6 7.2-7.2 2 2-7.2 7.2zM9.6 4.4l2 2",
            Self::Search => "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.4 10.4l3.1 3.1",
            Self::Contrast => "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12M10.2 2.5v11M12.2 3.8v8.4",
            Self::System => {
                "M3.2 2.8h9.6c.4 0 .7.3.7.7v2.6c0 .4-.3.7-.7.7H3.2a.7.7 0 0 1-.7-.7V3.5c0-.4.3-.7.7-.7zM3.2 9.2h9.6c.4 0 .7.3.7.7v2.6c0 .4-.3.7-.7.7H3.2a.7.7 0 0 1-.7-.7V9.9c0-.4.3-.7.7-.7zM5 4.8v.1M5 11.2v.1"
            }
            Self::Lock => {
                "M4.2 7h7.6c.4 0 .7.3.7.7v5c0 .4-.3.7-.7.7H4.2a.7.7 0 0 1-.7-.7v-5c0-.4.3-.7.7-.7zM5.4 7V4.9a2.6 2.6 0 0 1 5.2 0V7"
            }
        }
    }
}

/// An icon.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
    /// Its size.
    #[prop(default = "size-4 shrink-0")]
    class: &'static str,
) -> impl IntoView {
    let ring = (glyph == Glyph::Moving).then(|| {
        view! { <circle class="origin-center motion-safe:animate-breathe" cx="8" cy="8" r="4.6" stroke-width="1.3"/> }
    });
    let width = if glyph == Glyph::Moving { "4.4" } else { "1.5" };
    view! {
        <svg class=class viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width=width
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            {ring}
            <path d=glyph.path()/>
        </svg>
    }
}
