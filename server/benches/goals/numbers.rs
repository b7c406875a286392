//! Of many measurements, the one that counts.

use std::time::Duration;

/// As many as there are, to calculate with.
#[expect(clippy::cast_precision_loss, reason = "nothing that is counted here comes near 2^52")]
pub fn number(count: usize) -> f64 {
    count as f64
}

/// In milliseconds.
pub fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

/// The one in the middle.
pub fn median(figures: Vec<f64>) -> f64 {
    at_most(figures, 50)
}

/// So many of a hundred are not larger.
pub fn at_most(mut figures: Vec<f64>, of_hundred: usize) -> f64 {
    figures.sort_by(f64::total_cmp);
    let place = (figures.len() * of_hundred / 100).min(figures.len().saturating_sub(1));
    figures.get(place).copied().unwrap_or(f64::NAN)
}
