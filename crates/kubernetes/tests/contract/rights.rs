//! The rights of `install/kubernetes`: exactly those that the program asks for. An application goes from a plan to
//! the proof of its end while every request is written down; the ClusterRoles must allow all of them and nothing
//! else. On a real cluster the requests are made with those roles only, and each is refused with one right less.

mod life;
mod recorder;
mod roles;

use std::collections::BTreeSet;

use futures::{StreamExt, stream};

use self::{
    life::Life,
    recorder::{Recorder, Right},
    roles::{LOOK, MAIN, Role, granted},
};
use crate::target::{Target, on_bare};

on_bare! {
    d24_the_cluster_role_has_exactly_the_rights_that_are_asked_for;
}

async fn d24_the_cluster_role_has_exactly_the_rights_that_are_asked_for(target: &Target) {
    let (main, look) = (granted(MAIN), granted(LOOK));
    let role = if target.sandbox.is_none() {
        Some(Role::install(target, main.iter().chain(&look)).await)
    } else {
        None
    };
    let recorder = Recorder::new(target, role.as_ref().map(|role| role.user.clone()));
    let life = Life::begin(target, &recorder).await;
    life.live().await;
    // Whether something may be made is asked only where it could be.
    let makes = |right: &Right| ["create", "bind", "escalate"].contains(&right.verb.as_str());
    let (making, others): (Vec<_>, Vec<_>) = main.iter().partition(|right| makes(right));
    if role.is_some() {
        one_right_less(target, &recorder, &main, &making).await;
    }
    life.end().await;
    if role.is_some() {
        one_right_less(target, &recorder, &main, &others).await;
    }

    let asked = recorder.asked();
    let (looks, needed): (BTreeSet<Right>, BTreeSet<Right>) =
        asked.into_iter().partition(|right| right.is_look);
    assert_eq!(
        main.difference(&needed).collect::<Vec<_>>(),
        Vec::<&Right>::new(),
        "nobody asks for these rights"
    );
    assert_eq!(
        needed.difference(&main).collect::<Vec<_>>(),
        Vec::<&Right>::new(),
        "these rights are missing"
    );
    assert_eq!(look, BTreeSet::from([Right::new("*", "*", "list")]), "the look lists all kinds");
    let is_more = |right: &Right| !main.contains(&Right { is_look: false, ..right.clone() });
    assert!(looks.iter().any(is_more) && looks.iter().all(|right| right.verb == "list"), "{looks:?}");
    assert_eq!(recorder.refused(), Vec::<String>::new(), "a request was refused");
    if let Some(role) = role {
        role.remove(target).await;
    }
}

/// A request that needed one of these rights is refused to somebody who has all rights but that one.
async fn one_right_less(target: &Target, recorder: &Recorder, main: &BTreeSet<Right>, rights: &[&Right]) {
    let passed = stream::iter(rights).map(async |right| {
        let Some(request) = recorder.request(right) else {
            return Some(format!("nobody asked for {right:?}"));
        };
        let others = main.iter().filter(|other| other != right);
        let role = Role::install(target, others).await;
        let code = recorder.repeat(&request, right, &role.user).await;
        role.remove(target).await;
        (code != 403).then(|| format!("{right:?}: {code}"))
    });
    let passed: Vec<String> = passed.buffer_unordered(8).filter_map(async |told| told).collect().await;
    assert_eq!(passed, Vec::<String>::new(), "these requests do not need the right");
}
