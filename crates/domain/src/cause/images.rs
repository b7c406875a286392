//! Images that cannot be had: the name, the registry, the permission, the kind of processor.

use super::{
    case::{Case, Finding, Weight},
    words::has,
};

const PULLING: [&str; 6] = [
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
];

/// How a pull fails: what the words hold, what it means, what to do. The first match counts, so what is said
/// by the registry stands before what is said on the way to it.
const WAYS: [(&[&str], &str, &str); 11] = [
    (
        &[
            "invalid reference format",
            "couldn't parse image",
            "failed to parse image name",
            "invalidimagename",
        ],
        "The image name of {} is not a valid one.",
        "Correct the name: host[:port]/repository[:tag] in small letters.",
    ),
    (
        &["no match for platform"],
        "There is no image of {} for the nodes' kind of processor.",
        "Build the image for the processors of the nodes, for example linux/amd64, and push it again.",
    ),
    (
        &["toomanyrequests", "too many requests", "429"],
        "The registry answers too many pulls at once with a pause; {} waits for its image.",
        "Wait, or pull through a mirror or with an account that may pull more.",
    ),
    (
        &["name unknown", "name_unknown", "repository name not known", "repository does not exist"],
        "The registry has no repository with the image of {}.",
        "Check the repository's name, and whether the image was ever pushed there.",
    ),
    (
        &["unauthorized", "authorization failed", "authentication required", "no basic auth", "401"],
        "The registry wants to know who pulls the image of {}.",
        "The registry wants to know who pulls: give the namespace a pull secret.",
    ),
    (
        &["forbidden", "access denied", "insufficient_scope", "denied:"],
        "The registry does not let the nodes have the image of {}.",
        "Give the account of the pull secret the right to pull from this repository.",
    ),
    (
        &["not found", "manifest unknown", "manifest_unknown", "404"],
        "The image of {} is not in the registry under this name and tag.",
        "Check that the image exists in the registry under this name: the tag, the repository, a typing error.",
    ),
    (
        &["x509", "certificate", "server gave http response to https client", "tls:"],
        "The nodes do not trust the registry that has the image of {}.",
        "Give the nodes the registry's certificate authority, or name the registry as they know it.",
    ),
    (
        &["no space left on device"],
        "The node has no room for the image of {}.",
        "Free space on the node, or make the image smaller.",
    ),
    (
        &[
            "connection refused",
            "no route to host",
            "i/o timeout",
            "no such host",
            "network is unreachable",
            "connection reset",
            "deadline exceeded",
            "dial tcp",
            "eof",
            "service unavailable",
            "bad gateway",
            "internal server error",
        ],
        "The registry that has the image of {} does not answer.",
        "Check that the registry runs and that the nodes reach it by this name.",
    ),
    (
        &["errimageneverpull", "never"],
        "The image of {} is not on the node, and it may not be pulled.",
        "Allow the image to be pulled, or bring it to the node.",
    ),
];

/// The image of the task cannot be pulled.
pub(super) fn pull(case: &Case<'_>) -> Option<Finding> {
    let trouble = case.trouble(&PULLING)?;
    let told = || case.remarks(&["Failed", "InspectFailed", "ErrImageNeverPull"]);
    // Some clusters say only in an event what the registry said.
    let is_empty = !trouble.message.contains(": ");
    let more = told().filter(|_| is_empty).map(|remark| remark.message.as_str());
    let words = [trouble.message.as_str(), trouble.reason.as_str()].into_iter().chain(more);
    let words = words.collect::<Vec<_>>().join("\n");
    let way = WAYS.iter().find(|(needles, ..)| has(&words, needles));
    let (sentence, action) = match way {
        Some((_, sentence, action)) => (*sentence, *action),
        None => (
            "The image of {} cannot be pulled.",
            "Check that the registry can be reached from the nodes, and that the image exists there.",
        ),
    };
    let found = Finding::new(Weight::Image, code(case, &words), sentence.replace("{}", &case.who()), action);
    let found = case.evident(found);
    Some(if is_empty { found.remarked(told().take(2)) } else { found })
}

fn code(case: &Case<'_>, words: &str) -> &'static str {
    match () {
        () if has(words, &["no match for platform"]) => "DEP_E162",
        // Where only chosen nodes may run it, the image is looked for on them.
        () if case.task.is_pinned => "DEP_E161",
        () => "DEP_E153",
    }
}
