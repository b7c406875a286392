//! A process in BPMN, as far as deploying it needs to know: whom its user tasks name and what its service tasks
//! call. Entities are never expanded and the document is never held as a tree.

use std::collections::BTreeSet;

use quick_xml::{
    NsReader, XmlVersion,
    events::{BytesStart, Event},
    name::{Namespace, ResolveResult},
};

use crate::{limits::Limits, text};

/// The namespace of what the engine adds to BPMN.
const ACTIVITI: &str = "http://activiti.org/bpmn";
/// The namespace of BPMN.
const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
/// Elements within each other.
const MAX_DEPTH: usize = 128;
/// Attributes of one element; comparing them with each other is quadratic.
const MAX_ATTRIBUTES: usize = 128;

/// What a process file says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Process {
    /// How many processes it holds.
    pub(crate) processes: usize,
    /// Users whom its user tasks name.
    pub(crate) users: BTreeSet<String>,
    /// Groups that its user tasks name.
    pub(crate) groups: BTreeSet<String>,
    /// What its service tasks call, as `<connector>.<ACTION>`, with the id of the task.
    pub(crate) calls: Vec<Call>,
}

/// A service task that calls an action.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Call {
    /// The id of the task.
    pub(crate) task: String,
    /// Who is called.
    pub(crate) connector: String,
    /// What is called.
    pub(crate) action: String,
}

/// Reads a process file; the error is a sentence for a person.
pub(crate) fn parse(content: &[u8], limits: &Limits) -> Result<Process, String> {
    let mut process = Process::default();
    let mut root = None;
    walk(text::utf8(content, limits)?, |reader, element, depth| {
        let (namespace, name) = reader.resolver().resolve_element(element.name());
        let is_bpmn = namespace == ResolveResult::Bound(Namespace(BPMN));
        if depth == 1 {
            root = Some(element.name().as_ref().to_owned())
                .filter(|_| !is_bpmn || name.as_ref() != "definitions");
        }
        match name.as_ref() {
            _ if !is_bpmn => Ok(()),
            "process" => {
                process.processes += 1;
                Ok(())
            }
            "userTask" => user_task(reader, element, &mut process),
            "serviceTask" => service_task(reader, element, &mut process),
            _ => Ok(()),
        }
    })?;
    if let Some(root) = root {
        return Err(format!(
            "its outermost element is {root:?}; that of a process file is definitions of BPMN 2.0"
        ));
    }
    if process.processes == 0 {
        return Err("has no process in it".to_owned());
    }
    Ok(process)
}

/// Is the file XML at all? For documents whose contents do not matter here.
pub(crate) fn check_xml(content: &[u8], limits: &Limits) -> Result<(), String> {
    walk(text::utf8(content, limits)?, |_, _, _| Ok(()))
}

/// Calls `visit` for each element that begins, with how deep it lies.
fn walk<'a>(
    text: &'a str,
    mut visit: impl FnMut(&NsReader<&'a [u8]>, &BytesStart<'a>, usize) -> Result<(), String>,
) -> Result<(), String> {
    let mut reader = NsReader::from_str(text);
    let (mut depth, mut elements) = (0, 0_usize);
    loop {
        let event = reader.read_event().map_err(|error| at(text, reader.error_position(), error))?;
        match event {
            Event::Start(_) | Event::Empty(_) if depth == 0 && elements > 0 => {
                return Err("is not XML: it has more than one outermost element".to_owned());
            }
            Event::Start(element) => {
                depth += 1;
                elements += 1;
                if depth > MAX_DEPTH {
                    return Err(format!("is nested more than {MAX_DEPTH} elements deep"));
                }
                visit(&reader, &element, depth)?;
            }
            Event::Empty(element) => {
                elements += 1;
                visit(&reader, &element, depth + 1)?;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            // The engine would expand what is declared there, a billion times if it says so.
            Event::DocType(_) => {
                return Err("has a document type declaration, which is not allowed".to_owned());
            }
            Event::Decl(declaration) => {
                if let Some(Ok(encoding)) = declaration.encoding()
                    && !["utf-8", "us-ascii"].contains(&encoding.to_ascii_lowercase().as_str())
                {
                    return Err(format!("says that it is encoded as {encoding}; save it as UTF-8"));
                }
            }
            Event::Text(text) if depth == 0 && !text.trim().is_empty() => {
                return Err("is not XML: it has text outside of its elements".to_owned());
            }
            Event::Eof if depth > 0 => return Err("ends before all its elements are closed".to_owned()),
            Event::Eof if elements == 0 => return Err("is empty".to_owned()),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn user_task(
    reader: &NsReader<&[u8]>,
    element: &BytesStart<'_>,
    process: &mut Process,
) -> Result<(), String> {
    attributes(element, |name, value| {
        let (namespace, name) = reader.resolver().resolve_attribute(name);
        if namespace == ResolveResult::Bound(Namespace(ACTIVITI)) {
            match name.as_ref() {
                "assignee" | "candidateUsers" => process.users.extend(named(value)),
                "candidateGroups" => process.groups.extend(named(value)),
                _ => {}
            }
        }
    })
}

fn service_task(_: &NsReader<&[u8]>, element: &BytesStart<'_>, process: &mut Process) -> Result<(), String> {
    let (mut task, mut implementation) = (String::new(), String::new());
    attributes(element, |name, value| match name.as_ref() {
        "id" => value.clone_into(&mut task),
        "implementation" => value.trim().clone_into(&mut implementation),
        _ => {}
    })?;
    // Without a dot it is one of BPMN's own words, and an expression is known only when it runs.
    if let Some((connector, action)) = implementation.split_once('.')
        && !is_expression(&implementation)
    {
        let (connector, action) = (connector.to_owned(), action.to_owned());
        process.calls.push(Call { task, connector, action });
    }
    Ok(())
}

fn attributes(
    element: &BytesStart<'_>,
    mut each: impl FnMut(quick_xml::name::QName<'_>, &str),
) -> Result<(), String> {
    for (count, attribute) in element.attributes().enumerate() {
        if count >= MAX_ATTRIBUTES {
            return Err(format!("has an element with more than {MAX_ATTRIBUTES} attributes"));
        }
        let attribute = attribute.map_err(|error| format!("is not XML: {error}"))?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        each(attribute.key, &value.map_err(|error| format!("is not XML: {error}"))?);
    }
    Ok(())
}

/// The names in a list that is separated by commas; expressions are not names.
fn named(list: &str) -> Vec<String> {
    let mut depth = 0_usize;
    let parts = list.split(|c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        // The arguments of a call in an expression are separated by commas, too.
        c == ',' && depth == 0
    });
    let names = parts.map(str::trim).filter(|name| is_name(name));
    names.map(str::to_owned).collect()
}

/// Is it somebody, rather than nobody or whoever an expression will find?
pub(crate) fn is_name(text: &str) -> bool {
    !text.is_empty() && !is_expression(text)
}

fn is_expression(text: &str) -> bool {
    text.contains("${") || text.contains("#{")
}

fn at(text: &str, position: u64, error: impl std::fmt::Display) -> String {
    let line = text::line_of(text, usize::try_from(position).unwrap_or(usize::MAX));
    format!("is not XML: {error} (line {line})")
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
