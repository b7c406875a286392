//! Every variant of every enum that people are shown has its words in every language.

use slipway_domain::{
    audit::Flaw,
    cause::Cause,
    names::NameError,
    observed::{Health, TaskState},
    operation::{Kind, Operation, Progress, Step},
    people::Trace,
    permission::Action,
    phase::Phase,
    status::{NAMESPACE_GONE, Standing, Status},
    token::Scope,
    wizard::WizardStep,
    workload::Role,
};

use super::{in_language, phrases};
use crate::{
    desk::DeskError,
    language::Language,
    words::{Word, known},
};

/// All variants of an enum. One that is added later does not compile until it stands here, too.
macro_rules! every {
    ($kind:ty: $($variant:ident),+ $(,)?) => {{
        fn is_listed(one: &$kind) {
            match one { $(<$kind>::$variant => {})+ }
        }
        let all = [$(<$kind>::$variant),+];
        all.iter().for_each(is_listed);
        all
    }};
}

/// The words for each, in every language: never the key of a text, and never the same for two.
fn have_words<T: Word>(what: &str, all: &[T]) {
    for language in Language::ALL {
        let words: Vec<_> = in_language(language, || all.iter().map(Word::word).collect());
        for (index, word) in words.iter().enumerate() {
            assert!(!word.is_empty() || what == "trace", "{what} in {language:?}: {words:?}");
            let is_key = word.contains('-') && !word.contains(' ') && *word == word.to_lowercase();
            assert!(!is_key, "{what} in {language:?}: {word}");
            // A removal and a deployment that has stopped may be called the same.
            assert!(what == "phase" || !words[..index].contains(word), "{what} in {language:?}: {words:?}");
        }
    }
}

#[test]
fn d15_whatever_the_domain_knows_has_a_word_in_every_language() {
    have_words("status", &Status::ALL);
    have_words("kind", &every!(Kind: Deploy, Update, Rollback, Access, Undeploy, ForceUndeploy));
    have_words("step", &every!(Step: Accepted, Build, Push, Apply, Settle, Remove));
    have_words(
        "phase",
        &every!(Phase: InProgress, Provisioning, Succeeded, FailedToStart, FailedToUpdate, Deprovisioning, PartiallyDeprovisioned, DeploymentStopped),
    );
    have_words("wizard", &every!(WizardStep: Name, Admins, Users, Connectors, Infrastructure, Review));
    have_words("role", &every!(Role: Service, Connector, Ui, Infrastructure));
    have_words("health", &every!(Health: Healthy, Unhealthy, Unknown));
    have_words(
        "task",
        &every!(TaskState: Provisioning, Pending, Activating, Running, Deactivating, Stopping, Deprovisioning, Stopped),
    );
    have_words("trace", &every!(Trace: Verified, Unverified, Unknown, Gone));
    have_words("scope", &Scope::ALL);
    have_words("flaw", &every!(Flaw: Altered, Missing));
    let (step, at, cause) = (Step::Build, jiff::Timestamp::UNIX_EPOCH, Cause::new("X", "", ""));
    have_words(
        "progress",
        &[
            Progress::Open { step },
            Progress::Succeeded { at },
            Progress::Failed { step, cause, at },
            Progress::Cancelled { step, at },
        ],
    );
}

#[test]
fn d15_whatever_the_domain_says_in_english_is_told_in_every_language() {
    let mut said: Vec<String> = Vec::new();
    let kinds = every!(Kind: Deploy, Update, Rollback, Access, Undeploy, ForceUndeploy);
    let steps = every!(Step: Accepted, Build, Push, Apply, Settle, Remove);
    let errors = every!(NameError: Empty, TooLong, BadStart, BadEnd, BadCharacter);
    said.extend(kinds.iter().map(|kind| kind.label().to_owned()));
    said.extend(steps.iter().map(|step| step.label().to_owned()));
    said.extend(errors.iter().map(ToString::to_string));
    said.extend(Action::ALL.iter().map(|action| action.label().to_owned()));
    for kind in kinds {
        for step in steps {
            said.push(format!("{} was cancelled at: {}.", kind.label(), step.label()));
        }
        said.extend(refusals(kind, &steps));
    }
    for status in Status::ALL {
        said.extend(status.may_undeploy().err().map(str::to_owned));
        said.extend(status.may_force_undeploy().err().map(str::to_owned));
    }
    said.extend([DeskError::SignedOut.to_string(), DeskError::Invalid { fields: Vec::new() }.to_string()]);
    for said in said {
        let told = phrases::told(Language::German, &said);
        assert!(told.is_some(), "{said}");
    }
}

/// Why something cannot be done while an operation of that kind is where it is.
fn refusals(kind: Kind, steps: &[Step]) -> Vec<String> {
    let (at, cause) = (jiff::Timestamp::UNIX_EPOCH, Cause::new("X", "", ""));
    let standing = |reason: Option<&str>| Standing {
        status: Status::Pending,
        reason: reason.map(str::to_owned),
        cause: None,
    };
    let mut all = vec![Progress::Succeeded { at }];
    for &step in steps {
        all.push(Progress::Open { step });
        all.push(Progress::Failed { step, cause: cause.clone(), at });
        all.push(Progress::Cancelled { step, at });
    }
    let refused = all.into_iter().flat_map(|progress| {
        let operation = Operation {
            id: "00000000000000000000000000".parse().unwrap(),
            kind,
            generation: 1,
            progress,
            note: None,
            proof: None,
            requested_by: "ana".to_owned(),
            requested_at: at,
        };
        [
            operation.may_update(),
            operation.may_retry(),
            operation.may_cancel(),
            operation.may_set_access(&standing(None)),
            operation.may_set_access(&standing(Some(NAMESPACE_GONE))),
        ]
    });
    refused.filter_map(|may| may.err().map(str::to_owned)).collect()
}

#[test]
fn d15_what_nobody_has_a_text_for_is_known_as_such() {
    let cluster = "Insufficient cpu: 0/3 nodes are available";
    in_language(Language::German, || {
        assert_eq!(known(cluster), None);
        assert_eq!(known("Enter a name.").as_deref(), Some("Geben Sie einen Namen ein."));
    });
    in_language(Language::English, || assert_eq!(known(cluster).as_deref(), Some(cluster)));
}
