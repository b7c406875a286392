//! Times as people read them: how long ago, with the exact time at hand.

use jiff::Timestamp;
use leptos::prelude::*;

use crate::{t, words::day};

/// How long ago something was.
#[component]
pub fn Ago(
    /// When it was.
    at: Timestamp,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let exact = at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let title = at.strftime(&t!("time-exact")).to_string();
    view! { <time class="whitespace-nowrap" datetime=exact title=title>{ago(at, now)}</time> }
}

/// How long ago in words.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let seconds = now.duration_since(at).as_secs().max(0);
    match seconds {
        0..5 => t!("time-now"),
        5..60 => t!("time-seconds", count = seconds),
        60..3600 => t!("time-minutes", count = seconds / 60),
        3600..86_400 => t!("time-hours", count = seconds / 3600),
        86_400..2_592_000 => t!("time-days", count = seconds / 86_400),
        _ => day(at),
    }
}

/// How long something took.
pub fn took(from: Timestamp, to: Timestamp) -> String {
    let seconds = to.duration_since(from).as_secs().max(0);
    if seconds < 60 {
        t!("took-seconds", seconds = seconds)
    } else {
        t!("took-minutes", minutes = seconds / 60, seconds = seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn an_age_has_the_unit_that_fits_it() {
        let now: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        let ago = |seconds| super::ago(now - SignedDuration::from_secs(seconds), now);
        assert_eq!(ago(-3), "just now");
        assert_eq!(ago(59), "59 s ago");
        assert_eq!(ago(61), "1 min ago");
        assert_eq!(ago(7200), "2 h ago");
        assert_eq!(ago(3 * 86_400), "3 d ago");
        assert_eq!(ago(90 * 86_400), "2026-02-03");
    }

    #[test]
    fn a_duration_is_told_in_minutes_from_one_minute_on() {
        let now: Timestamp = "2026-05-04T10:00:00Z".parse().unwrap();
        assert_eq!(took(now, now + SignedDuration::from_secs(59)), "59 s");
        assert_eq!(took(now, now + SignedDuration::from_secs(61)), "1 min 1 s");
    }
}
