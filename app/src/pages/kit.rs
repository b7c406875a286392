//! Every part of the kit with each of its states, on one page; for those who work on it. `?fault=` shows how a page
//! looks when something goes wrong.

mod parts;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use self::parts::{Boxes, Buttons, Data, Fields, Icons, States};
use super::not_found::NotFoundPage;
use crate::{
    desk::{DeskError, SharedDesk},
    ui::{frame::PageHead, load::load},
};

/// Is what helps to work on the console itself served?
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Development(pub bool);

/// The page of the kit.
#[component]
pub fn KitPage() -> impl IntoView {
    if !use_context::<Development>().unwrap_or_default().0 {
        return view! { <NotFoundPage/> }.into_any();
    }
    let fault = use_query_map().with_untracked(|query| query.get("fault").unwrap_or_default());
    let ask = move |_: SharedDesk| {
        let fault = fault.clone();
        async move { go_wrong(&fault) }
    };
    load("Kit", ask, |()| {
        view! {
            <PageHead title="Kit" subtitle="Every part with each of its states."/>
            <Buttons/>
            <States/>
            <Boxes/>
            <Fields/>
            <Data/>
            <Icons/>
        }
    })
}

#[expect(clippy::panic, reason = "how a page looks that broke is to be seen")]
fn go_wrong(fault: &str) -> Result<(), DeskError> {
    let message = "This is only shown to be looked at. Go back.".to_owned();
    match fault {
        "" => Ok(()),
        "forbidden" => Err(DeskError::Forbidden { message }),
        "unavailable" => Err(DeskError::Unavailable { message }),
        "missing" => Err(DeskError::NotFound { what: message }),
        other => panic!("{other} was asked for"),
    }
}
