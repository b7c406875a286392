//! One's own tokens: for programs that act on one's behalf (S4.33).

use crate::{key, t};
use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use slipway_domain::token::{NewToken, Scope, Token};

use crate::{
    actions::{MakeToken, RevokeToken},
    desk::{DeskError, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        empty::Empty,
        frame::PageHead,
        icon::Glyph,
        load::load,
        table::{Room, Section, Table},
        time::Ago,
    },
    words::{Word, day},
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("name"), Room::Any),
    (key!("may"), Room::Any),
    (key!("ends"), Room::Any),
    (key!("last-used"), Room::Medium),
    (key!("action"), Room::Any),
];

/// What the page shows.
struct Shown {
    tokens: Vec<Token>,
    made: Option<NewToken>,
    problem: Option<String>,
}

/// The page Tokens.
#[component]
pub fn TokensPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    load(t!("tokens"), |desk| async move { ask(desk, &query).await }, content)
}

async fn ask(desk: SharedDesk, query: &ParamsMap) -> Result<Shown, DeskError> {
    let made = match query.get("made") {
        Some(id) => desk.held_token(&id).await?,
        None => None,
    };
    Ok(Shown { tokens: desk.tokens().await?, made, problem: query.get("problem") })
}

fn content(shown: Shown) -> impl IntoView {
    let Shown { tokens, made, problem } = shown;
    let now = expect_context::<SharedDesk>().surroundings().now;
    let count = tokens.len();
    let list = if tokens.is_empty() {
        view! { <Empty glyph=Glyph::Lock title=t!("no-tokens")><p>{t!("no-tokens-more")}</p></Empty> }
            .into_any()
    } else {
        let rows = tokens.into_iter().map(|token| view! { <Row token now/> }).collect_view();
        view! { <Section title=t!("your-tokens") count><Table caption=t!("your-tokens") columns=COLUMNS>{rows}</Table></Section> }
            .into_any()
    };
    view! {
        <PageHead title=t!("tokens") subtitle=t!("tokens-about")/>
        {problem.map(|title| view! { <Callout weight=Weight::Failure title/> })}
        {made.map(|made| view! { <Made made/> })}
        {list}
        <NewForm/>
    }
}

/// The one time that a token is shown.
#[component]
fn Made(
    /// The token.
    made: NewToken,
) -> impl IntoView {
    let title = t!("copy-token", name = &made.token.name);
    view! {
        <Callout weight=Weight::Warning title>
            <p><code class="block rounded-control border border-line bg-surface px-2 py-1 wrap-anywhere select-all" id="secret">{made.secret}</code></p>
        </Callout>
    }
}

#[component]
fn Row(
    /// The token.
    token: Token,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let scopes = token.scopes.iter().map(|scope| scope.label()).collect::<Vec<_>>().join(", ");
    let is_over = token.expires_at <= now;
    let until = day(token.expires_at);
    let used = token.last_used_at.map(
        |at| view! { <Ago at now/><span class="block text-sm text-muted">{token.last_used_from}</span> },
    );
    let label = t!("revoke-what", name = &token.name);
    view! {
        <tr>
            <th scope="row" class="font-normal wrap-anywhere"><span class="font-medium">{token.name}</span></th>
            <td><code class="text-sm">{scopes}</code></td>
            <td class="whitespace-nowrap">{until}{is_over.then(|| view! { <span class="block text-muted">{t!("is-over")}</span> })}</td>
            <td class=Room::Medium.classes()>{used}</td>
            <td class="w-px text-right">
                <form method="post" action=RevokeToken::PATH>
                    <input type="hidden" name="id" value=token.id/>
                    <button class=Variant::Small.classes() type="submit" aria-label=label>{t!("revoke")}</button>
                </form>
            </td>
        </tr>
    }
}

#[component]
fn NewForm() -> impl IntoView {
    let class = format!("{} h-9", Variant::Primary.classes());
    let boxes = Scope::ALL.map(|scope| {
        let (label, meaning) = (scope.label(), scope.word());
        view! {
            <label class="flex items-baseline gap-2">
                <input type="checkbox" name=format!("form[{label}]") value="true" checked=scope == Scope::Read/>
                <span><code class="font-medium">{label}</code><span class="block text-sm text-muted">{meaning}</span></span>
            </label>
        }
    });
    view! {
        <Section title=t!("new-token")>
            <form class="card space-y-4 p-5" method="post" action=MakeToken::PATH>
                <div class="grid gap-4 sm:grid-cols-2">
                    <div class="space-y-1.5">
                        <label class="block font-medium" for="name">{t!("token-for")}</label>
                        <input class="input" id="name" name="form[name]" maxlength="60" required/>
                    </div>
                    <div class="space-y-1.5">
                        <label class="block font-medium" for="days">{t!("token-days")}</label>
                        <input class="input" id="days" name="form[days]" type="number" min="1" max="366" value="30" required/>
                    </div>
                </div>
                <fieldset class="space-y-2"><legend class="mb-1.5 font-medium">{t!("token-may")}</legend>{boxes.into_iter().collect_view()}</fieldset>
                <button class=class type="submit">{t!("make-token")}</button>
            </form>
        </Section>
    }
}
