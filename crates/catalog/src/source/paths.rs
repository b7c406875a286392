//! What a path below a release may look like. The files end up in images and on disks of other systems, so what
//! any of them would understand differently is refused here.

use std::collections::BTreeMap;

use crate::{limits::Limits, refusal::Refusal};

/// Is this the path of a file that stays inside the release?
pub(super) fn check(path: &str, limits: &Limits) -> Result<(), Refusal> {
    let refuse = |reason: &str| Err(Refusal::file(path.escape_debug().to_string(), reason));
    if path.contains('\\') {
        return refuse("has a backslash in its name; parts of a path are separated by /");
    }
    if path.starts_with('/') {
        return refuse("is an absolute path; a release holds only files below its own folder");
    }
    if path.as_bytes().get(1) == Some(&b':') && path.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return refuse("begins with a drive letter; a release holds only files below its own folder");
    }
    if path.chars().any(char::is_control) {
        return refuse("has a control character in its name");
    }
    if path.len() > limits.path {
        return refuse(&format!("has a path of more than {} bytes", limits.path));
    }
    let parts: Vec<_> = path.split('/').collect();
    if parts.contains(&"..") {
        return refuse("leads out of the release with ..");
    }
    if parts.iter().any(|part| part.is_empty() || *part == ".") {
        return refuse("has an empty part in its path");
    }
    if parts.len() > limits.depth {
        return refuse(&format!("lies more than {} folders deep", limits.depth));
    }
    Ok(())
}

/// Can all these files lie side by side, also where upper and lower case are the same?
pub(super) fn check_together<'a>(paths: impl Iterator<Item = &'a str> + Clone) -> Result<(), Refusal> {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for path in paths.clone() {
        match seen.insert(path.to_lowercase(), path) {
            Some(other) if other == path => return Err(Refusal::file(path, "is there twice")),
            Some(other) => {
                return Err(Refusal::file(
                    path,
                    format!("differs from {other} only in upper and lower case"),
                ));
            }
            None => {}
        }
    }
    for path in paths {
        let lower = path.to_lowercase();
        let mut folders = lower.match_indices('/').map(|(end, _)| &lower[..end]);
        if let Some(file) = folders.find_map(|folder| seen.get(folder)) {
            return Err(Refusal::file(*file, format!("is a file and also the folder of {path}")));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_04_a_path_that_other_systems_would_read_differently_is_refused() {
        let cases = [
            ("../manifest.json", "leads out of the release"),
            ("files/../../x", "leads out of the release"),
            ("/etc/passwd", "absolute path"),
            ("files\\x", "backslash"),
            ("C:/x", "drive letter"),
            ("c:x", "drive letter"),
            ("files//x", "empty part"),
            ("./x", "empty part"),
            ("", "empty part"),
            ("files/", "empty part"),
            ("a\nb", "control character"),
            ("a\0", "control character"),
            ("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17", "16 folders deep"),
        ];
        for (path, expected) in cases {
            let reason = check(path, &Limits::RELEASE).unwrap_err().reason;
            assert!(reason.contains(expected), "{path:?}: {reason}");
        }
        let long = check(&"x".repeat(513), &Limits::RELEASE).unwrap_err().reason;
        assert!(long.contains("512 bytes"), "{long}");
    }

    #[test]
    fn ordinary_paths_are_accepted() {
        for path in ["shop.json", "files/Urlaub – Übersicht.txt", "processes/a..b.bpmn", "a:b/c", ".hidden"]
        {
            let accepted = check(path, &Limits::RELEASE);
            assert_eq!(accepted.is_ok(), path != "a:b/c", "{path}: {accepted:?}");
        }
    }

    #[test]
    fn s1_04_files_that_cannot_lie_side_by_side_are_refused() {
        let cases: [(&[&str], &str); 3] = [
            (&["a", "b", "a"], "is there twice"),
            (&["files/A.txt", "files/a.txt"], "differs from files/A.txt only in upper and lower case"),
            (&["files", "files/a"], "also the folder of files/a"),
        ];
        for (paths, expected) in cases {
            let reason = check_together(paths.iter().copied()).unwrap_err().reason;
            assert!(reason.contains(expected), "{reason}");
        }
        assert!(check_together(["a", "a-b", "b/a", "b/b"].into_iter()).is_ok());
    }
}
