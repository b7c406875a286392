//! Which ways in there are. The server decides; the sign-in page shows it.

/// What the sign-in page offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInMode {
    /// What the identity provider is called; none means local accounts.
    pub provider: Option<String>,
}
