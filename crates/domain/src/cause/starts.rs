//! Containers that the node cannot start: the program is missing, may not run, or is of another kind.

use super::{
    case::{Case, Finding, Weight},
    words::has,
};
use crate::observed::{End, Trouble};

const REFUSED: [&str; 5] =
    ["RunContainerError", "StartError", "CreateContainerError", "ContainerCannotRun", "PostStartHookError"];
const STOPPED: [&str; 3] = ["CrashLoopBackOff", "Error", "NotReady"];
/// The shells' codes, and what the runtime makes of a program that it cannot execute.
const NOT_EXECUTABLE: i32 = 126;
const NOT_FOUND: i32 = 127;
const NOT_EXECUTED: i32 = 255;

/// The container does not start, or what it starts does not.
pub(super) fn refused(case: &Case<'_>) -> Option<Finding> {
    let end = case.task.last_end.as_ref();
    let is_refused = case.trouble(&REFUSED).is_some()
        || end.is_some_and(|end| REFUSED.contains(&end.reason.as_str()) && case.trouble(&STOPPED).is_some());
    let found = if is_refused {
        let fallback = || match case.trouble(&["PostStartHookError"]) {
            Some(_) => hook(case),
            None => plain(case),
        };
        by_words(case).unwrap_or_else(fallback)
    } else {
        by_code(case, case.trouble(&STOPPED)?, end?)?
    };
    Some(case.evident(found))
}

/// The runtime says what it could not do.
fn by_words(case: &Case<'_>) -> Option<Finding> {
    let said = case.said();
    match () {
        () if has(&said, &["exec format error"]) => Some(other_processor(case)),
        () if has(&said, &["permission denied", "is a directory", "operation not permitted"]) => {
            Some(not_executable(case))
        }
        () if has(&said, &["no command specified"]) => Some(no_command(case)),
        () if has(&said, &["executable file not found", "no such file or directory"]) => {
            Some(not_found(case))
        }
        () => None,
    }
}

/// The program ended with a code that means that it never began.
fn by_code(case: &Case<'_>, trouble: &Trouble, end: &End) -> Option<Finding> {
    let is_killed = end.reason == "OOMKilled" || trouble.reason == "OOMKilled";
    match end.exit_code {
        _ if is_killed => None,
        _ if has(&end.message, &["exec format error"]) => Some(other_processor(case)),
        NOT_FOUND => Some(calls_nothing(case)),
        NOT_EXECUTABLE => Some(calls_no_program(case)),
        // The runtime starts the program as its last deed: if that fails, this code is all that is left.
        NOT_EXECUTED if end.message.is_empty() && ran_for_no_time(end) && !case.task.was_ready => {
            Some(perhaps_other_processor(case))
        }
        _ => None,
    }
}

fn ran_for_no_time(end: &End) -> bool {
    end.started_at.zip(end.at).is_some_and(|(began, ended)| ended.duration_since(began).as_secs() < 1)
}

fn other_processor(case: &Case<'_>) -> Finding {
    let reason =
        format!("The image of {} is made for another kind of processor than the node's.", case.who());
    let action =
        "Build the image for the processors of the nodes, for example linux/amd64, and push it again.";
    Finding::new(Weight::Start, "DEP_E162", reason, action)
}

fn perhaps_other_processor(case: &Case<'_>) -> Finding {
    let reason = format!("The program of {} cannot be executed on the node.", case.who());
    let action =
        "Check that the image is made for the nodes' kind of processor; its log says exec format error then.";
    Finding::new(Weight::Start, "DEP_E162", reason, action)
}

fn not_found(case: &Case<'_>) -> Finding {
    let reason = format!("The command of {} does not exist in its image.", case.who());
    let action = "Check the command, its path and its spelling, and that the image contains it.";
    Finding::new(Weight::Start, "SLW_COMMAND_NOT_FOUND", reason, action)
}

fn calls_nothing(case: &Case<'_>) -> Finding {
    let reason = format!("{} ended because a command that it calls does not exist in its image.", case.who());
    let action = "Read its log for the command's name; correct it, or add the command to the image.";
    Finding::new(Weight::Start, "SLW_COMMAND_NOT_FOUND", reason, action)
}

fn calls_no_program(case: &Case<'_>) -> Finding {
    let reason = format!("{} ended because a command that it calls may not be executed.", case.who());
    let action = "Read its log for the command's name; make the file executable in the image.";
    Finding::new(Weight::Start, "SLW_NOT_EXECUTABLE", reason, action)
}

fn not_executable(case: &Case<'_>) -> Finding {
    let reason = format!("The command of {} may not be executed.", case.who());
    let action = "Check that the file is a program, that it is executable, and that its user may run it.";
    Finding::new(Weight::Start, "SLW_NOT_EXECUTABLE", reason, action)
}

fn no_command(case: &Case<'_>) -> Finding {
    let reason = format!("The image of {} does not say what to run.", case.who());
    let action = "Give the component a command, or the image an entry point.";
    Finding::new(Weight::Start, "SLW_NO_COMMAND", reason, action)
}

fn hook(case: &Case<'_>) -> Finding {
    let reason = format!("What {} is to do right after its start fails, so it is stopped.", case.who());
    Finding::new(Weight::Start, "SLW_HOOK", reason, "Correct the hook after the start, or leave it out.")
}

fn plain(case: &Case<'_>) -> Finding {
    let reason = format!("The container of {} cannot be started.", case.who());
    let action = "Check the command, the variables and the secrets of the component.";
    Finding::new(Weight::Start, "SLW_START", reason, action)
}
