//! The interactive documentation of the REST interface: made from its own document, served from this program, with
//! nothing from elsewhere. Each operation can be tried out with one's own session.

use axum::{
    Router,
    http::{HeaderMap, header},
    response::Html,
    routing::get,
};
use serde_json::Value;

use super::{api, assets::FOLDER, pages};

/// What the page does when something is sent.
const SCRIPT: &str = include_str!("manual.js");

/// The page and its script.
pub fn routes() -> Router {
    let page = page(&api::openapi());
    let script = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    Router::new()
        .route(
            "/docs/api",
            get(move |headers: HeaderMap| async move { (POLICY, Html(dressed(&page, &headers))) }),
        )
        .route("/docs/api.js", get(move || async move { (script, SCRIPT) }))
}

/// Its own script and stylesheet, and requests to where it comes from.
const POLICY: [(header::HeaderName, &str); 1] = [(
    header::CONTENT_SECURITY_POLICY,
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
     base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)];

/// The page in the colours that were chosen.
fn dressed(page: &str, headers: &HeaderMap) -> String {
    let theme = pages::look(headers).data_theme();
    let theme = theme.map(|theme| format!("<html data-theme=\"{theme}\""));
    theme.map_or_else(|| page.to_owned(), |theme| page.replacen("<html", &theme, 1))
}

fn page(document: &Value) -> String {
    let mut operations = String::new();
    let mut tag = "";
    for (path, methods) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let group = operation["tags"][0].as_str().unwrap_or_default();
            if group != tag {
                operations.push_str(&format!("<h2 class=\"pt-4 font-semibold\">{}</h2>", escaped(group)));
                tag = group;
            }
            operations.push_str(&entry(method, path, operation, document));
        }
    }
    let folder = FOLDER.as_str();
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Interface for programs · Slipway</title>\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">\
         <link rel=\"icon\" href=\"/{folder}/icon.svg\" type=\"image/svg+xml\"><link rel=\"stylesheet\" href=\"/{folder}/slipway.css\">\
         <script src=\"/docs/api.js\" defer></script></head><body>\
         <main class=\"mx-auto max-w-6xl space-y-3 px-4 pt-6 pb-20\"><p><a href=\"/\">Slipway</a></p>\
         <h1 class=\"text-xl font-semibold tracking-tight\">Interface for programs</h1>\
         <p class=\"text-muted\">Made from <a class=\"underline\" href=\"/api/v1/openapi.json\">the OpenAPI document</a>. \
         What you send here is done with your own session. Programs use <a class=\"underline\" href=\"/account/tokens\">a token</a>.</p>\
         {operations}</main></body></html>"
    )
}

fn entry(method: &str, path: &str, operation: &Value, document: &Value) -> String {
    let word = |key: &str| escaped(operation[key].as_str().unwrap_or_default());
    let (id, summary, more) = (word("operationId"), word("summary"), word("description"));
    let parameters: String = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| field(&id, parameter))
        .collect();
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let body = if schema.is_null() {
        String::new()
    } else {
        let (example, told) = (example(schema, document, 0), described(schema, document));
        let example = escaped(&serde_json::to_string_pretty(&example).unwrap_or_default());
        format!(
            "<div class=\"space-y-1\"><label class=\"block text-sm font-medium\" for=\"{id}-body\">Document</label>\
             <textarea class=\"input font-mono\" id=\"{id}-body\" data-body rows=\"8\" spellcheck=\"false\">{example}</textarea></div>{told}"
        )
    };
    // A stream has no end to wait for.
    let send = if path == "/api/v1/events" {
        String::new()
    } else {
        "<button class=\"button\" type=\"submit\">Send</button>".to_owned()
    };
    format!(
        "<details class=\"card p-4\" id=\"{id}\"><summary><code>{} {}</code> <span class=\"text-muted\">{summary}</span></summary>\
         <form class=\"space-y-3 pt-3\" data-method=\"{}\" data-path=\"{}\"><p>{more}</p>{parameters}{body}{send}\
         <pre class=\"overflow-x-auto text-sm\" aria-live=\"polite\" hidden></pre></form></details>",
        method.to_uppercase(),
        escaped(path),
        method.to_uppercase(),
        escaped(path),
    )
}

fn field(operation: &str, parameter: &Value) -> String {
    let word = |key: &str| escaped(parameter[key].as_str().unwrap_or_default());
    let (name, place, meaning) = (word("name"), word("in"), word("description"));
    let needed = if parameter["required"] == true { " required" } else { "" };
    format!(
        "<div class=\"space-y-1\"><label class=\"block text-sm font-medium\" for=\"{operation}-{name}\">{name} \
         <span class=\"text-muted\">{place}: {meaning}</span></label>\
         <input class=\"input\" id=\"{operation}-{name}\" data-in=\"{place}\" data-name=\"{name}\"{needed}></div>"
    )
}

/// What the document says about each field.
fn described(schema: &Value, document: &Value) -> String {
    let fields = resolved(schema, document)["properties"].as_object().into_iter().flatten();
    let items: Vec<String> = fields
        .map(|(name, field)| {
            let told = field["description"].as_str().unwrap_or_default();
            format!("<li><code>{}</code> {}</li>", escaped(name), escaped(told))
        })
        .collect();
    format!("<ul class=\"text-sm text-muted\">{}</ul>", items.concat())
}

/// A document with every field that must be there.
fn example(schema: &Value, document: &Value, depth: u8) -> Value {
    let schema = resolved(schema, document);
    match schema["type"].as_str() {
        Some("object") if depth < 4 => {
            let needed = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            needed
                .map(|name| (name.to_owned(), example(&schema["properties"][name], document, depth + 1)))
                .collect::<serde_json::Map<_, _>>()
                .into()
        }
        Some("array") => Value::Array(vec![example(&schema["items"], document, depth + 1)]),
        Some("integer") => 1.into(),
        Some("string") => "".into(),
        _ => Value::Null,
    }
}

fn resolved<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    let name = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
    name.map_or(schema, |name| &document["components"]["schemas"][name])
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s4_34_every_operation_is_on_the_page_and_nothing_comes_from_elsewhere() {
        let document = api::openapi();
        let page = page(&document);
        for methods in document["paths"].as_object().unwrap().values() {
            for operation in methods.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(page.contains(&format!("id=\"{id}\"")), "{id}");
            }
        }
        assert!(!page.contains("http://") && !page.contains("https://"), "{page}");
        assert!(!SCRIPT.contains("http://") && !SCRIPT.contains("https://"), "{SCRIPT}");
    }
}
