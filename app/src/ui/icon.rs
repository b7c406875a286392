//! Line icons, 16 by 16, drawn for this product. They accompany words and are hidden from screen readers.

use leptos::prelude::*;

/// Which icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    /// A box on a ramp: the product.
    Slipway,
    /// A stack of sheets: releases.
    Releases,
    /// Four squares: instances.
    Instances,
    /// A tick.
    Check,
    /// A cross.
    Cross,
    /// Three quarters of a ring: something is under way.
    Moving,
    /// A question mark.
    Question,
    /// A stop: it is over.
    Over,
    /// An exclamation mark in a triangle.
    Warning,
    /// An arrow out of a box: a link that leads away.
    External,
}

impl Glyph {
    fn path(self) -> &'static str {
        match self {
            Self::Slipway => "M1.5 12.5 14.5 8M4 5.5h6v4.4L4 12z",
            Self::Releases => "M8 1.8 14.2 5 8 8.2 1.8 5zM2 8l6 3.2L14 8M2 11l6 3.2L14 11",
            Self::Instances => {
                "M2.5 2.5h4.2v4.2H2.5zM9.3 2.5h4.2v4.2H9.3zM2.5 9.3h4.2v4.2H2.5zM9.3 9.3h4.2v4.2H9.3z"
            }
            Self::Check => "m3.2 8.4 3.1 3.1 6.5-7",
            Self::Cross => "m4 4 8 8M12 4l-8 8",
            Self::Moving => "M8 2a6 6 0 1 1-6 6",
            Self::Question => "M5.6 5.8a2.4 2.4 0 1 1 3.5 2.1c-.8.4-1.1.8-1.1 1.6M8 12.2v.1",
            Self::Over => "M4.5 4.5h7v7h-7z",
            Self::Warning => "M8 2.2 14.4 13H1.6zM8 6.4v3M8 11.1v.1",
            Self::External => "M9.5 2.5h4v4M13.5 2.5 7.5 8.5M11.5 9.5v4h-9v-9h4",
        }
    }
}

/// An icon.
#[component]
pub fn Icon(
    /// Which one.
    glyph: Glyph,
    /// Size and motion.
    #[prop(default = "size-4")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg class=class viewBox="0 0 16 16" fill="none" stroke="currentColor" stroke-width="1.6"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">
            <path d=glyph.path()/>
        </svg>
    }
}
