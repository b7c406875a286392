//! How a program does what a button does: the same deed as curl, at the command line, and, if it is an order, as a
//! file. All three are made of one request, so they cannot say different things. What they need stands in the
//! environment (`SLIPWAY_URL`, `SLIPWAY_TOKEN`); secrets are never in them.

use serde_json::{Map, Value, json};
use slipway_domain::{
    blueprint::looks_secret,
    order::{OrderForm, people},
};

use crate::ways::escape;

/// Something that a button does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Deed {
    /// Deploy an order.
    Deploy(OrderForm),
    /// Update an application to an order.
    Update(OrderForm),
    /// Update an application to a release, with all else as it is.
    Move {
        /// The application.
        name: String,
        /// The release.
        version: u32,
    },
    /// Change how many copies of a component run.
    Scale {
        /// The application.
        name: String,
        /// The component.
        component: String,
        /// How many.
        replicas: u32,
    },
    /// Make an earlier generation real again.
    RollBack {
        /// The application.
        name: String,
        /// The generation.
        generation: u32,
    },
    /// Say anew who has access.
    Access {
        /// The application.
        name: String,
        /// Who administers it.
        admins: Vec<String>,
        /// Who uses it.
        users: Vec<String>,
    },
    /// Run what failed again.
    Retry {
        /// The application.
        name: String,
    },
    /// End what is under way.
    Cancel {
        /// The application.
        name: String,
    },
    /// Remove an application.
    Undeploy {
        /// The application.
        name: String,
        /// Also what is being deployed or has failed?
        force: bool,
    },
}

/// The texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examples {
    /// For a shell with curl.
    pub curl: String,
    /// For a shell with this program.
    pub cli: String,
    /// The order as a file, if it is one.
    pub yaml: Option<String>,
}

/// What a deed is as a request.
struct Call {
    method: &'static str,
    path: String,
    body: Option<Value>,
    command: String,
    /// Is the body an order, which the command line reads from a file?
    is_order: bool,
}

impl Deed {
    /// The texts.
    pub fn examples(&self) -> Examples {
        let Call { method, path, body, command, is_order } = self.call();
        let mut curl = format!(
            "curl --fail-with-body -X {method} \"$SLIPWAY_URL/api/v1/{path}\" \\\n  -H \"Authorization: Bearer $SLIPWAY_TOKEN\""
        );
        if let Some(body) = &body {
            let body = serde_json::to_string_pretty(body).unwrap_or_default();
            curl.push_str(&format!(
                " \\\n  -H 'Content-Type: application/json' --data-binary @- <<'END'\n{body}\nEND"
            ));
        }
        let yaml = body.filter(|_| is_order).map(|order| yaml(&order, 0));
        let cli = match &yaml {
            Some(yaml) => format!("slipway {command} -f - <<'END'\n{yaml}END"),
            None => format!("slipway {command}"),
        };
        Examples { curl, cli, yaml }
    }

    fn call(&self) -> Call {
        let call = |method, path, body, command| Call { method, path, body, command, is_order: false };
        let at = |name: &str, rest: &str| format!("applications/{}{rest}", escape(name));
        match self {
            Self::Deploy(form) => Call {
                method: "POST",
                path: "applications".to_owned(),
                body: Some(order(form, true)),
                command: "deploy".to_owned(),
                is_order: true,
            },
            Self::Update(form) => Call {
                method: "PUT",
                path: at(&form.name, ""),
                body: Some(order(form, false)),
                command: format!("update {}", word(&form.name)),
                is_order: true,
            },
            Self::Move { name, version } => {
                let command = format!("update {} --release {version}", word(name));
                call("PUT", at(name, ""), Some(json!({"version": version})), command)
            }
            Self::Scale { name, component, replicas } => {
                let body = json!({"components": {component: {"replicas": replicas}}});
                let wish = word(&format!("{component}={replicas}"));
                call("PUT", at(name, ""), Some(body), format!("update {} --replicas {wish}", word(name)))
            }
            Self::RollBack { name, generation } => {
                let command = format!("rollback {} --generation {generation}", word(name));
                call("POST", at(name, "/rollback"), Some(json!({"generation": generation})), command)
            }
            Self::Access { name, admins, users } => {
                let given = |flag: &str, names: &[String]| {
                    names.iter().map(|name| format!(" {flag} {}", word(name))).collect::<Vec<_>>().concat()
                };
                let none = if users.is_empty() { " --no-users" } else { "" };
                let (admin, user) = (given("--admin", admins), given("--user", users));
                let body = json!({"admins": admins, "users": users});
                let command = format!("access {}{admin}{user}{none}", word(name));
                call("PUT", at(name, "/access"), Some(body), command)
            }
            Self::Retry { name } => call("POST", at(name, "/retry"), None, format!("retry {}", word(name))),
            Self::Cancel { name } => {
                call("POST", at(name, "/cancel"), None, format!("cancel {}", word(name)))
            }
            Self::Undeploy { name, force: false } => {
                call("DELETE", at(name, ""), None, format!("undeploy {}", word(name)))
            }
            Self::Undeploy { name, force: true } => {
                call("DELETE", at(name, "?force=true"), None, format!("undeploy {} --force", word(name)))
            }
        }
    }
}

/// What stands where a secret has to be put.
fn blank(name: &str) -> Value {
    Value::String(format!("<the {name}>"))
}

/// The order as a program writes it.
fn order(form: &OrderForm, is_new: bool) -> Value {
    let mut order = Map::new();
    if is_new {
        order.insert("name".to_owned(), json!(form.name.trim()));
        order.insert("project".to_owned(), json!(form.project));
    }
    order.insert("version".to_owned(), form.version.trim().parse::<u32>().map_or(Value::Null, Value::from));
    order.insert("admins".to_owned(), json!(people(&form.admins)));
    order.insert("users".to_owned(), json!(people(&form.users)));
    let mut components = Map::new();
    for (name, wish) in &form.components {
        let mut component = Map::new();
        if !wish.image.trim().is_empty() {
            component.insert("image".to_owned(), json!(wish.image.trim()));
        }
        if let Ok(replicas) = wish.replicas.trim().parse::<u32>() {
            component.insert("replicas".to_owned(), json!(replicas));
        }
        let typed: Map<String, Value> = serde_json::from_str(&wish.variables).unwrap_or_default();
        let mut variables: Map<String, Value> = typed
            .into_iter()
            .map(
                |(name, value)| {
                    if looks_secret(&name) { (name.clone(), blank(&name)) } else { (name, value) }
                },
            )
            .collect();
        variables.extend(wish.secrets.keys().map(|name| (name.clone(), blank(name))));
        if !variables.is_empty() {
            component.insert("variables".to_owned(), Value::Object(variables));
        }
        if !component.is_empty() {
            components.insert(name.clone(), Value::Object(component));
        }
    }
    if !components.is_empty() {
        order.insert("components".to_owned(), Value::Object(components));
    }
    if !form.database.url.is_empty() {
        let mut database = serde_json::to_value(&form.database).unwrap_or_default();
        database["password"] = blank("password of the database");
        order.insert("database".to_owned(), database);
    }
    Value::Object(order)
}

/// A word of a shell's line.
fn word(text: &str) -> String {
    let is_plain =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.=/:".contains(c));
    if is_plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A document as YAML: mappings and lists in lines, texts in quotes unless they are plainly texts.
fn yaml(value: &Value, depth: usize) -> String {
    let indent = "  ".repeat(depth);
    let nested = |value: &Value| match value {
        Value::Object(fields) if !fields.is_empty() => format!("\n{}", yaml(value, depth + 1)),
        Value::Array(items) if !items.is_empty() => format!("\n{}", yaml(value, depth + 1)),
        value => format!(" {}\n", scalar(value)),
    };
    match value {
        Value::Object(fields) => {
            let line = |(name, value): (&String, &Value)| format!("{indent}{}:{}", text(name), nested(value));
            fields.iter().map(line).collect::<Vec<_>>().concat()
        }
        Value::Array(items) => {
            items.iter().map(|item| format!("{indent}-{}", nested(item))).collect::<Vec<_>>().concat()
        }
        value => format!("{indent}{}\n", scalar(value)),
    }
}

fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), text)
}

fn text(plain: &str) -> String {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let is_plain = plain.starts_with(|c: char| c.is_ascii_alphabetic())
        && plain.chars().all(|c| c.is_ascii_alphanumeric() || "-_./".contains(c))
        && !WORDS.contains(&plain.to_lowercase().as_str());
    if is_plain { plain.to_owned() } else { Value::String(plain.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use slipway_domain::{blueprint::Database, order::ComponentForm};

    use super::*;

    fn form() -> OrderForm {
        let secrets = BTreeMap::from([("EMAIL_PASSWORD".to_owned(), "canary".to_owned())]);
        let variables = r#"{"EMAIL_HOST":"yes","DB_PASSWORD":"canary","PORT":8050}"#.to_owned();
        let email = ComponentForm { variables, secrets, replicas: "2".to_owned(), image: String::new() };
        let database = Database {
            url: "jdbc:postgresql://db/app".to_owned(),
            username: "app".to_owned(),
            password: "canary".to_owned(),
            ..Database::default()
        };
        OrderForm {
            name: "shop".to_owned(),
            project: "web-shop".to_owned(),
            version: "1".to_owned(),
            admins: "ana, ops".to_owned(),
            components: BTreeMap::from([("email".to_owned(), email)]),
            database,
            ..OrderForm::default()
        }
    }

    #[test]
    fn d16_no_secret_is_in_any_of_the_texts_and_each_says_where_it_goes() {
        let Examples { curl, cli, yaml } = Deed::Deploy(form()).examples();
        for text in [curl, cli, yaml.unwrap()] {
            assert!(!text.contains("canary"), "{text}");
            for place in ["<the EMAIL_PASSWORD>", "<the DB_PASSWORD>", "<the password of the database>"] {
                assert!(text.contains(place), "{place}: {text}");
            }
        }
    }

    #[test]
    fn d16_an_order_is_a_file_that_reads_as_it_was_meant() {
        let yaml = Deed::Deploy(form()).examples().yaml.unwrap();
        let head = "name: shop\nproject: web-shop\nversion: 1\nadmins:\n  - ana\n  - ops\nusers: []\n";
        assert!(yaml.contains("EMAIL_HOST: \"yes\"\n") && yaml.contains("PORT: 8050\n"), "{yaml}");
        let mut lines: Vec<_> = head.lines().collect();
        lines.retain(|line| !yaml.lines().any(|other| other == *line));
        assert!(lines.is_empty(), "{lines:?} are missing in {yaml}");
    }

    #[test]
    fn d16_a_name_cannot_become_a_command() {
        let Examples { curl, cli, .. } = Deed::Retry { name: "a'; rm -rf \"$HOME\"".to_owned() }.examples();
        assert!(cli.starts_with(r"slipway retry 'a'\''; rm"), "{cli}");
        assert!(curl.contains("applications/a%27%3B%20rm%20-rf%20%22%24HOME%22/retry"), "{curl}");
    }

    #[test]
    fn d16_each_deed_has_its_request_and_its_command() {
        let name = || "shop".to_owned();
        let deeds = [
            (Deed::Retry { name: name() }, "-X POST", "applications/shop/retry\"", "retry shop"),
            (Deed::Cancel { name: name() }, "-X POST", "applications/shop/cancel\"", "cancel shop"),
            (
                Deed::Undeploy { name: name(), force: false },
                "-X DELETE",
                "applications/shop\"",
                "undeploy shop",
            ),
            (
                Deed::Undeploy { name: name(), force: true },
                "-X DELETE",
                "shop?force=true\"",
                "undeploy shop --force",
            ),
            (
                Deed::RollBack { name: name(), generation: 2 },
                "-X POST",
                "shop/rollback\"",
                "rollback shop --generation 2",
            ),
            (
                Deed::Access { name: name(), admins: vec!["ana".into()], users: vec!["group:hr".into()] },
                "-X PUT",
                "shop/access\"",
                "access shop --admin ana --user group:hr",
            ),
            (
                Deed::Move { name: name(), version: 2 },
                "-X PUT",
                "applications/shop\"",
                "update shop --release 2",
            ),
            (
                Deed::Scale { name: name(), component: "web".to_owned(), replicas: 3 },
                "-X PUT",
                "applications/shop\"",
                "update shop --replicas web=3",
            ),
        ];
        for (deed, method, path, command) in deeds {
            let Examples { curl, cli, yaml } = deed.examples();
            assert!(curl.contains(method) && curl.contains(path), "{curl}");
            assert_eq!((cli, yaml), (format!("slipway {command}"), None));
        }
    }
}
