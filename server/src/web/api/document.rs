//! The OpenAPI document: paths and schemas come from the handlers; what is the same for all of them is added here.

use serde_json::{Value, json};
use utoipa::openapi::OpenApi;

/// The complete document.
pub fn complete(generated: &OpenApi) -> Value {
    let mut document = serde_json::to_value(generated).unwrap_or_default();
    document["info"] = json!({
        "title": "Slipway",
        "version": "1",
        "description": "Deploys released projects into Kubernetes and looks after what runs. What the pages do, programs can do.",
        "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    });
    document["security"] = json!([{"token": []}, {"session": []}]);
    document["components"]["securitySchemes"] = json!({
        "token": {"type": "http", "scheme": "bearer",
            "description": "A token of the page Account, Tokens, or an access token of the identity provider"},
        "session": {"type": "apiKey", "in": "cookie", "name": "slipway_session"},
    });
    document["components"]["schemas"]["Document"] = json!({"type": "object"});
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    for (path, methods) in paths {
        for (method, operation) in methods.as_object_mut().into_iter().flatten() {
            add_common(path, method, operation);
        }
    }
    document
}

fn add_common(path: &str, method: &str, operation: &mut Value) {
    let problem = json!({"$ref": "#/components/schemas/Problem"});
    let answers = operation["responses"].as_object_mut().into_iter().flatten();
    for (status, answer) in answers {
        let has_body = !["204", "304"].contains(&status.as_str()) && answer["content"].is_null();
        if has_body {
            let kind = if path == "/api/v1/events" {
                "text/event-stream"
            } else if path.ends_with("/logs") {
                "text/plain"
            } else if path.ends_with("/export") {
                "application/jsonl"
            } else {
                "application/json"
            };
            let described = match kind {
                "application/json" => json!({"schema": {"$ref": "#/components/schemas/Document"}}),
                // What a schema says of a stream would be meant of each event.
                "text/event-stream" => json!({}),
                _ => json!({"schema": {"type": "string"}}),
            };
            answer["content"] = json!({kind: described});
        }
    }
    operation["responses"]["default"] = json!({
        "description": "What is in the way",
        "content": {"application/problem+json": {"schema": problem}},
    });
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    if method != "get" {
        let mut key = header("Idempotency-Key", "The same request with the same key is done once");
        key["schema"] = json!({"type": "string", "minLength": 1, "maxLength": super::once::LONGEST_KEY});
        parameters.push(key);
    }
    let is_one = path.starts_with("/api/v1/applications/{name}");
    if is_one && (["put", "delete"].contains(&method) || path.ends_with("/rollback")) {
        parameters.push(header(
            "If-Match",
            "The ETag of what you saw: only if its generation is still the present one",
        ));
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
}

fn header(name: &str, meaning: &str) -> Value {
    json!({"name": name, "in": "header", "required": false, "description": meaning, "schema": {"type": "string"}})
}
