//! The REST interface below `/api/v1`: what the pages do, for programs. Each handler parses, asks the same desk as
//! the pages, and puts the answer into JSON; errors are `application/problem+json` with a stable code.

mod access;
mod applications;
mod audit;
mod conditions;
mod deeds;
mod document;
mod history;
mod images;
mod list;
mod logs;
mod once;
mod order;
mod people;
mod plans;
mod problem;
mod releases;
mod secrets;
mod summary;
mod system;
mod tokens;
mod told;

use axum::{
    Json, Router,
    extract::{FromRequest, Request, rejection::JsonRejection},
    http::HeaderMap,
    middleware,
    response::Response,
    routing::get,
};
use serde::de::DeserializeOwned;
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::problem::{Problem, shape};

type Answer = Result<Response, Problem>;

/// What every operation may answer beside its own.
#[derive(OpenApi)]
#[openapi(components(schemas(Problem)))]
struct Common;

/// All of it, for those who are known, and the document that describes it.
pub fn routes() -> Router {
    let (router, generated) = described().split_for_parts();
    let document = document::complete(&generated);
    let told = get(move |headers: HeaderMap| async move { conditions::tagged(&headers, &document) });
    router.route("/api/v1/openapi.json", told).layer(middleware::from_fn(once::once))
}

/// The document as it is committed (`docs/openapi.json`).
pub fn openapi() -> serde_json::Value {
    document::complete(&described().into_openapi())
}

fn described() -> OpenApiRouter {
    OpenApiRouter::with_openapi(Common::openapi())
        .routes(routes!(releases::list))
        .routes(routes!(releases::project))
        .routes(routes!(applications::list, deeds::deploy))
        .routes(routes!(applications::application, deeds::update, deeds::undeploy))
        .routes(routes!(history::generations))
        .routes(routes!(history::operations))
        .routes(routes!(applications::components))
        .routes(routes!(history::plans))
        .routes(routes!(history::standings))
        .routes(routes!(plans::plan))
        .routes(routes!(plans::plan_update))
        .routes(routes!(history::ends))
        .routes(routes!(applications::held))
        .routes(routes!(deeds::strip))
        .routes(routes!(deeds::roll_back))
        .routes(routes!(access::list, access::set))
        .routes(routes!(images::known, images::check))
        .routes(routes!(images::update))
        .routes(routes!(deeds::retry))
        .routes(routes!(deeds::cancel))
        .routes(routes!(applications::export))
        .routes(routes!(secrets::list))
        .routes(routes!(logs::logs))
        .routes(routes!(told::told))
        .routes(routes!(told::recent))
        .routes(routes!(told::name))
        .routes(routes!(super::events::events))
        .routes(routes!(people::find))
        .routes(routes!(audit::search))
        .routes(routes!(audit::export))
        .routes(routes!(audit::verify))
        .routes(routes!(system::system))
        .routes(routes!(tokens::list, tokens::make))
        .routes(routes!(tokens::revoke))
}

/// A document that a program sends; what is wrong with it is a problem like any other.
struct Given<T>(T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Given<T> {
    type Rejection = Problem;
    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let given = Json::<T>::from_request(request, state).await;
        given.map(|Json(given)| Self(given)).map_err(|rejection| {
            let code = match rejection {
                JsonRejection::MissingJsonContentType(_) => "SLW_MEDIA_TYPE",
                JsonRejection::JsonDataError(_) => "SLW_INVALID",
                _ => "SLW_BAD_REQUEST",
            };
            Problem::new(rejection.status(), code, rejection.body_text())
        })
    }
}
