//! How long a name is closed after passwords were refused for it: the first few mistakes are free, then each costs
//! twice the one before. It is never closed for long, because otherwise anybody could keep somebody else out.

use jiff::SignedDuration;

use crate::hash::sha256;

/// So many mistakes are free.
const FREE: u32 = 4;
/// What the first one after these costs.
const FIRST: SignedDuration = SignedDuration::from_secs(2);
/// What each costs at most.
const MOST: SignedDuration = SignedDuration::from_mins(15);

/// What is kept of a name: people type their password into the wrong field.
pub(super) fn mark(name: &str) -> String {
    sha256(format!("refused password of {name}"))
}

/// How long the name is closed after so many refusals in a row.
pub(super) fn pause(failures: u32) -> SignedDuration {
    let Some(over) = failures.checked_sub(FREE + 1) else { return SignedDuration::ZERO };
    2_i32.checked_pow(over).and_then(|times| FIRST.checked_mul(times)).map_or(MOST, |pause| pause.min(MOST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_13_mistakes_cost_more_and_more_and_never_everything() {
        let seconds: Vec<i64> = (0..=8).map(|failures| pause(failures).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 2, 4, 8, 16]);
        assert_eq!(pause(100), MOST);
        assert_eq!(pause(u32::MAX), MOST);
    }
}
