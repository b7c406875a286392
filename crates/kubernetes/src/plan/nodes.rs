//! Nodes: can any run the image, is any large enough, is there room for all? Where nothing is known of the nodes,
//! nothing is claimed. Pure.

use slipway_domain::{cause::Cause, plan::Finding, spec::ApplicationSpec};

use crate::{facts::Room, quantity};

/// What else runs takes so much.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Taken {
    pub(super) cpu: i128,
    pub(super) memory: i128,
}

/// Images that no node can run (DEP_E162).
pub(super) fn wrong_platforms(spec: &ApplicationSpec, nodes: &[Room]) -> Vec<Finding> {
    let platforms: Vec<&str> = nodes.iter().map(|node| node.platform.as_str()).collect();
    let resolved = spec.components.iter().filter_map(|c| Some((&c.name, c.resolved.as_ref()?)));
    let wrong = resolved.filter(|(_, image)| {
        let known = !image.platforms.is_empty() && !platforms.is_empty();
        known && !image.platforms.iter().any(|platform| platforms.contains(&platform.as_str()))
    });
    let causes = wrong.map(|(name, image)| {
        Cause::new(
            "DEP_E162",
            format!("No node can run the image of {name}."),
            "Build the image for the architecture of the nodes, or add a node that fits.",
        )
        .with(format!(
            "the image is for {}; the nodes are {}",
            image.platforms.join(", "),
            platforms.join(", ")
        ))
    });
    causes.map(Finding::stops).collect()
}

/// Components of which a single task fits on no node, even an empty one.
pub(super) fn too_large(spec: &ApplicationSpec, nodes: &[Room]) -> Vec<Finding> {
    let open: Vec<&Room> = nodes.iter().filter(|node| node.is_open).collect();
    if open.is_empty() {
        return Vec::new();
    }
    let found = spec.components.iter().filter(|component| component.replicas > 0).filter_map(|component| {
        let asked = &component.resources;
        let (cpu, memory) = (quantity::parse(&asked.cpu)?, quantity::parse(&asked.memory)?);
        if open.iter().any(|node| node.cpu >= cpu && node.memory >= memory) {
            return None;
        }
        let (code, what) = if open.iter().any(|node| node.cpu >= cpu) {
            ("SLW_UNSCHEDULABLE_MEMORY", "memory")
        } else {
            ("SLW_UNSCHEDULABLE_CPU", "processor time")
        };
        let cause = Cause::new(
            code,
            format!("No node has as much {what} as one task of {} asks for.", component.name),
            "Lower what the component asks for, or add a larger node.",
        );
        let evidence = format!("a task asks for cpu {}, memory {}", asked.cpu, asked.memory);
        let largest = open.iter().max_by_key(|node| (node.cpu, node.memory))?;
        let [cpu, memory] = [("cpu", largest.cpu), ("memory", largest.memory)]
            .map(|(name, amount)| quantity::text(name, amount));
        let node =
            format!("the largest of {} nodes, {}, has cpu {cpu}, memory {memory}", open.len(), largest.name);
        Some(Finding::stops(cause.with(evidence).with(node)))
    });
    found.collect()
}

/// All together ask for more than is free at this moment. Whether they will start shows when they do.
pub(super) fn too_many(spec: &ApplicationSpec, nodes: &[Room], taken: Taken) -> Option<Finding> {
    let usable: Vec<&Room> = nodes.iter().filter(|node| node.is_open && node.takes_tasks).collect();
    let of = |amount: &str, copies: u32| quantity::parse(amount).unwrap_or(0) * i128::from(copies);
    let needed = spec.components.iter().fold(Taken::default(), |sum, component| Taken {
        cpu: sum.cpu + of(&component.resources.cpu, component.replicas),
        memory: sum.memory + of(&component.resources.memory, component.replicas),
    });
    let free = Taken {
        cpu: usable.iter().map(|node| node.cpu).sum::<i128>() - taken.cpu,
        memory: usable.iter().map(|node| node.memory).sum::<i128>() - taken.memory,
    };
    let short = [("cpu", needed.cpu, free.cpu), ("memory", needed.memory, free.memory)];
    let mut lines = short.iter().filter(|(_, needed, free)| needed > free).map(|(name, needed, free)| {
        let [needed, free] = [*needed, (*free).max(0)].map(|amount| quantity::text(name, amount));
        format!("{name}: all tasks ask for {needed}, {free} is free")
    });
    let first = lines.next()?;
    let cause = Cause::new(
        "SLW_LITTLE_ROOM",
        "All tasks together ask for more than is free on the nodes now.",
        "Add a node, remove something else, or lower what the components ask for; tasks without room wait.",
    );
    Some(Finding::warns(lines.fold(cause.with(first), Cause::with)))
}
