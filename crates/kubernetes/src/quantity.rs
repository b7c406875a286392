//! Quantities as Kubernetes writes them (`250m`, `512Mi`, `1e3`), in thousandths, so that they can be added up.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

/// The suffixes, and by how much each multiplies.
const SUFFIXES: [(&str, i128); 13] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("Ei", 1 << 60),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
    ("", 1),
];
/// Digits behind the point that count.
const DIGITS: usize = 9;

/// The quantity in thousandths, rounded up; none if it is none.
pub(crate) fn parse(text: &str) -> Option<i128> {
    let text = text.trim();
    if let Some((number, exponent)) = text.split_once(['e', 'E']).filter(|(_, exponent)| !exponent.is_empty())
    {
        let exponent: u32 = exponent.trim_start_matches('+').parse().ok()?;
        return parse(number)?.checked_mul(10_i128.checked_pow(exponent)?);
    }
    for (suffix, thousandths) in [("n", 1_000_000), ("u", 1_000), ("m", 1)] {
        if let Some(number) = text.strip_suffix(suffix) {
            return Some(divided(billionths(number)?, 1_000_000_000 * thousandths));
        }
    }
    let (suffix, factor) = SUFFIXES.iter().find(|(suffix, _)| text.ends_with(suffix))?;
    let number = billionths(text.strip_suffix(suffix)?)?;
    Some(divided(number.checked_mul(*factor)?.checked_mul(1000)?, 1_000_000_000))
}

/// The quantity of an object in thousandths.
pub(crate) fn of(quantity: &Quantity) -> i128 {
    parse(&quantity.0).unwrap_or(0)
}

/// Thousandths as a person reads them: memory and storage in binary units, the rest as numbers.
pub(crate) fn text(resource: &str, thousandths: i128) -> String {
    let is_bytes = resource.ends_with("memory") || resource.ends_with("storage");
    if !is_bytes {
        return if thousandths % 1000 == 0 {
            (thousandths / 1000).to_string()
        } else {
            format!("{thousandths}m")
        };
    }
    let bytes = divided(thousandths, 1000);
    let units = [("Gi", 1_i128 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)];
    let unit = units.iter().find(|(_, unit)| bytes >= *unit && bytes % unit == 0);
    unit.map_or_else(|| bytes.to_string(), |(name, unit)| format!("{}{name}", bytes / unit))
}

fn billionths(number: &str) -> Option<i128> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || whole.len() + fraction.len() == 0 || whole.len() > 18 {
        return None;
    }
    let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(DIGITS).collect();
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    Some(whole * 1_000_000_000 + fraction.parse::<i128>().ok()?)
}

fn divided(number: i128, by: i128) -> i128 {
    (number + by - 1) / by
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_as_the_cluster_reads_them() {
        for (text, thousandths) in [
            ("1", 1000),
            ("250m", 250),
            ("0.5", 500),
            ("1.5Gi", 1_610_612_736_000),
            ("512Mi", 536_870_912_000),
            ("1e3", 1_000_000),
            ("1k", 1_000_000),
            ("1500u", 2),
            ("2E", 2_000_000_000_000_000_000_000),
            ("0", 0),
        ] {
            assert_eq!(parse(text), Some(thousandths), "{text}");
        }
        for text in ["", "many", "-1", "1 Gi", "0x1", "1.2.3"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn quantities_are_written_as_people_read_them() {
        assert_eq!(text("requests.memory", 536_870_912_000), "512Mi");
        assert_eq!(text("limits.cpu", 1500), "1500m");
        assert_eq!(text("pods", 3000), "3");
        assert_eq!(text("memory", 1000), "1");
    }
}
