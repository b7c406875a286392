//! Buttons, and links that look like them.

/// How much a button asks for attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// The one thing to do on a page.
    Primary,
    /// Anything else.
    Quiet,
    /// Destroys something.
    Danger,
}

impl Variant {
    /// The look.
    pub fn classes(self) -> &'static str {
        match self {
            Self::Primary => "button bg-accent text-on-accent hover:bg-accent-strong",
            Self::Quiet => "button border border-line bg-surface text-ink hover:bg-raised",
            Self::Danger => "button bg-bad text-on-bad hover:bg-bad-strong",
        }
    }
}
