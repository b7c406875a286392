//! Makes a part of the page like a fresh one, changing as little as possible: what is open stays open, what has the
//! focus keeps it, what is being typed stays typed.

use std::collections::HashSet;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlOptionElement, HtmlSelectElement, Node};

/// The element around an island.
const ISLAND: &str = "LEPTOS-ISLAND";
/// Marks one that nobody has brought to life.
const STILL: &str = "data-still";

/// Makes the old element like the fresh one, with everything in it.
pub(super) fn morph(old: &Element, fresh: &Element) -> Result<(), JsValue> {
    let chosen = old.dyn_ref::<HtmlSelectElement>().map(|list| (list, list.value()));
    attributes(old, fresh)?;
    children(old, fresh)?;
    if let Some((list, chosen)) = chosen {
        keep(list, &chosen)?;
    }
    Ok(())
}

/// What was chosen from a list stays chosen, wherever it stands now; if it is gone, the fresh list has its say.
fn keep(list: &HtmlSelectElement, chosen: &str) -> Result<(), JsValue> {
    let options = list.query_selector_all("option")?;
    let options = (0..options.length()).filter_map(|index| options.get(index)?.dyn_into().ok());
    if options.into_iter().any(|option: HtmlOptionElement| option.value() == chosen) {
        list.set_value(chosen);
    }
    Ok(())
}

fn attributes(old: &Element, fresh: &Element) -> Result<(), JsValue> {
    // Whether details are open is the reader's choice.
    let is_choice = |name: &str| name == STILL || (name == "open" && old.tag_name() == "DETAILS");
    let names = |element: &Element| {
        element.get_attribute_names().iter().filter_map(|name| name.as_string()).collect::<Vec<_>>()
    };
    for name in names(fresh) {
        let value = fresh.get_attribute(&name);
        if !is_choice(&name) && old.get_attribute(&name) != value {
            old.set_attribute(&name, &value.unwrap_or_default())?;
        }
    }
    for name in names(old) {
        if !is_choice(&name) && !fresh.has_attribute(&name) {
            old.remove_attribute(&name)?;
        }
    }
    Ok(())
}

fn children(old: &Element, fresh: &Element) -> Result<(), JsValue> {
    let list = fresh.child_nodes();
    let wanted: Vec<Node> = (0..list.length()).filter_map(|index| list.get(index)).collect();
    let keys: HashSet<String> = wanted.iter().filter_map(key).collect();
    let mut here = old.first_child();
    for want in wanted {
        // What has a name and is not wanted any more goes first, so that what stays need not move.
        while let Some(gone) = here.clone().filter(|node| key(node).is_some_and(|key| !keys.contains(&key))) {
            here = gone.next_sibling();
            old.remove_child(&gone)?;
        }
        match same(here.as_ref(), &want) {
            Some(node) => {
                if here.as_ref() == Some(&node) {
                    here = node.next_sibling();
                } else {
                    old.insert_before(&node, here.as_ref())?;
                }
                update(&node, &want)?;
            }
            None => drop(old.insert_before(&still(&want)?, here.as_ref())?),
        }
    }
    while let Some(rest) = here {
        here = rest.next_sibling();
        old.remove_child(&rest)?;
    }
    Ok(())
}

/// The node that becomes the wanted one: the one of the same name, or the next one if neither has a name.
fn same(here: Option<&Node>, want: &Node) -> Option<Node> {
    let here = here?.clone();
    match key(want) {
        Some(wanted) => {
            let mut node = Some(here);
            while let Some(candidate) = node {
                if key(&candidate).as_ref() == Some(&wanted) && candidate.node_name() == want.node_name() {
                    return Some(candidate);
                }
                node = candidate.next_sibling();
            }
            None
        }
        None => Some(here).filter(|here| key(here).is_none() && here.node_name() == want.node_name()),
    }
}

fn key(node: &Node) -> Option<String> {
    node.dyn_ref::<Element>().and_then(|element| element.get_attribute("id"))
}

/// A copy of a fresh node, whose islands are marked as lifeless.
fn still(fresh: &Node) -> Result<Node, JsValue> {
    let copy = fresh.clone_node_with_deep(true)?;
    if let Some(element) = copy.dyn_ref::<Element>() {
        let islands = element.query_selector_all("leptos-island")?;
        for island in (0..islands.length()).filter_map(|index| islands.get(index)?.dyn_into::<Element>().ok())
        {
            island.set_attribute(STILL, "")?;
        }
    }
    Ok(copy)
}

fn update(old: &Node, fresh: &Node) -> Result<(), JsValue> {
    if old.is_equal_node(Some(fresh)) {
        return Ok(());
    }
    match (old.dyn_ref::<Element>(), fresh.dyn_ref::<Element>()) {
        // An island has a life of its own, unless it came with a fresh part: then nobody has brought it to life.
        (Some(old), Some(_)) if old.tag_name() == ISLAND && !old.has_attribute(STILL) => Ok(()),
        (Some(old), Some(fresh)) => morph(old, fresh),
        _ => {
            old.set_node_value(fresh.node_value().as_deref());
            Ok(())
        }
    }
}
