//! The status badge: colour, icon and word, so that none of them has to be seen alone (S1.32).

use leptos::prelude::*;
use slipway_domain::status::{Status, Tone};

use super::icon::{Glyph, Icon};

/// The look of a tone.
pub fn classes(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "badge bg-good/12 text-good-ink",
        Tone::Moving => "badge bg-moving/12 text-moving-ink",
        Tone::Bad => "badge bg-bad/12 text-bad-ink",
        Tone::Doubtful => "badge bg-doubt/16 text-doubt-ink",
        Tone::Over => "badge bg-line/60 text-muted",
    }
}

fn glyph(tone: Tone) -> (Glyph, &'static str) {
    match tone {
        Tone::Good => (Glyph::Check, "size-3.5"),
        Tone::Moving => (Glyph::Moving, "size-3.5 motion-safe:animate-spin"),
        Tone::Bad => (Glyph::Cross, "size-3.5"),
        Tone::Doubtful => (Glyph::Question, "size-3.5"),
        Tone::Over => (Glyph::Over, "size-3.5"),
    }
}

/// The badge of a status that does not change by itself.
#[component]
pub fn Badge(
    /// What it says.
    status: Status,
) -> impl IntoView {
    let (glyph, size) = glyph(status.tone());
    view! { <span class=classes(status.tone())><Icon glyph class=size/>{status.label()}</span> }
}

/// A tone with words of its own, for outcomes of operations.
#[component]
pub fn Outcome(
    /// What kind of news it is.
    tone: Tone,
    /// The words.
    label: &'static str,
) -> impl IntoView {
    let (glyph, size) = glyph(tone);
    view! { <span class=classes(tone)><Icon glyph class=size/>{label}</span> }
}
