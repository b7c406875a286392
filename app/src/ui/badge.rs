//! The status badge: colour, icon and word, so that none of them has to be seen alone (S1.32).

use leptos::prelude::*;
use slipway_domain::status::{Status, Tone};

use super::icon::{Glyph, Icon};
use crate::words::Word;

/// The look of a tone.
pub fn classes(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "badge bg-good/10 text-good-ink inset-ring inset-ring-good/25",
        Tone::Moving => "badge bg-moving/10 text-moving-ink inset-ring inset-ring-moving/25",
        Tone::Bad => "badge bg-bad/10 text-bad-ink inset-ring inset-ring-bad/25",
        Tone::Doubtful => "badge bg-doubt/14 text-doubt-ink inset-ring inset-ring-doubt/30",
        Tone::Over => "badge bg-raised text-muted inset-ring inset-ring-line",
    }
}

/// The colour of words and icons of a tone, where there is no badge around them.
pub fn ink(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "text-good-ink",
        Tone::Moving => "text-moving-ink",
        Tone::Bad => "text-bad-ink",
        Tone::Doubtful => "text-doubt-ink",
        Tone::Over => "text-muted",
    }
}

/// The icon of a tone.
pub fn glyph(tone: Tone) -> Glyph {
    match tone {
        Tone::Good => Glyph::Check,
        Tone::Moving => Glyph::Moving,
        Tone::Bad => Glyph::Cross,
        Tone::Doubtful => Glyph::Question,
        Tone::Over => Glyph::Over,
    }
}

/// The badge of a status that does not change by itself.
#[component]
pub fn Badge(
    /// What it says.
    status: Status,
) -> impl IntoView {
    let tone = status.tone();
    view! { <span class=classes(tone)><Icon glyph=glyph(tone) class="size-3 shrink-0"/>{status.word()}</span> }
}

/// A tone with a word of its own, for outcomes of operations and states of tasks: lighter than a badge.
#[component]
pub fn Outcome(
    /// What kind of news it is.
    tone: Tone,
    /// The word.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let class = match tone {
        Tone::Good => {
            "inline-flex items-center gap-1.5 align-middle font-medium sm:whitespace-nowrap text-good-ink"
        }
        Tone::Moving => {
            "inline-flex items-center gap-1.5 align-middle font-medium sm:whitespace-nowrap text-moving-ink"
        }
        Tone::Bad => {
            "inline-flex items-center gap-1.5 align-middle font-medium sm:whitespace-nowrap text-bad-ink"
        }
        Tone::Doubtful => {
            "inline-flex items-center gap-1.5 align-middle font-medium sm:whitespace-nowrap text-doubt-ink"
        }
        Tone::Over => {
            "inline-flex items-center gap-1.5 align-middle font-medium sm:whitespace-nowrap text-muted"
        }
    };
    view! { <span class=class><Icon glyph=glyph(tone) class="size-3.5 shrink-0"/>{label}</span> }
}
