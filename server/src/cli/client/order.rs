//! `deploy` and `update`: an order from a file, from flags, or from both.

use std::io::Read;

use clap::Args;
use reqwest::Method;
use serde_json::{Map, Value, json};

use super::{
    AppArgs, Done, Failure, print,
    reach::Reach,
    wait::{self, Waiting},
};

/// What differs from the usual.
#[derive(Debug, Clone, Args)]
struct Wishes {
    /// An order as YAML or JSON; - reads standard input. Flags go before it
    #[arg(short, long, value_name = "FILE")]
    file: Option<String>,
    /// The number of the release
    #[arg(long)]
    release: Option<u32>,
    /// A user or group with administrator access; may be given more than once
    #[arg(long = "admin", value_name = "NAME")]
    admins: Vec<String>,
    /// A user or group with user access; may be given more than once
    #[arg(long = "user", value_name = "NAME")]
    users: Vec<String>,
    /// The image of a component
    #[arg(long = "image", value_name = "COMPONENT=IMAGE", value_parser = pair)]
    images: Vec<(String, String)>,
    /// How many copies of a component run
    #[arg(long = "replicas", value_name = "COMPONENT=NUMBER", value_parser = pair)]
    replicas: Vec<(String, String)>,
    /// A variable of a component
    #[arg(long = "set", value_name = "COMPONENT.VARIABLE=VALUE", value_parser = pair)]
    variables: Vec<(String, String)>,
    /// Show what it would do instead of doing it
    #[arg(long)]
    plan: bool,
    #[command(flatten)]
    waiting: Waiting,
}

/// `deploy`.
#[derive(Debug, Args)]
pub struct DeployArgs {
    #[command(flatten)]
    reach: Reach,
    /// The project to deploy
    #[arg(short, long)]
    project: Option<String>,
    /// The name of the application
    #[arg(long, value_name = "NAME")]
    app: Option<String>,
    #[command(flatten)]
    wishes: Wishes,
}

/// `update`.
#[derive(Debug, Args)]
pub struct UpdateArgs {
    #[command(flatten)]
    app: AppArgs,
    #[command(flatten)]
    wishes: Wishes,
    /// Also to a release that it was rolled back from
    #[arg(long)]
    even_quarantined: bool,
}

/// Runs `deploy`.
pub async fn deploy(args: &DeployArgs) -> Done {
    let mut order = args.wishes.order()?;
    let named = [("project", &args.project), ("name", &args.app)];
    for (key, value) in named.into_iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
        order.insert(key.to_owned(), json!(value));
    }
    let order = Value::Object(order);
    if args.wishes.plan {
        return plan(&args.reach, "plan", &order).await;
    }
    let asked = args.reach.ask(Method::POST, "applications", Some(&order)).await?;
    wait::finish(&args.reach, &args.wishes.waiting, asked).await
}

/// Runs `update`.
pub async fn update(args: &UpdateArgs) -> Done {
    let reach = &args.app.reach;
    let order = Value::Object(args.wishes.order()?);
    if args.wishes.plan {
        return plan(reach, &args.app.path("/plan"), &order).await;
    }
    let rest = if args.even_quarantined { "?even_quarantined=true" } else { "" };
    let asked = reach.ask(Method::PUT, &args.app.path(rest), Some(&order)).await?;
    wait::finish(reach, &args.wishes.waiting, asked).await
}

async fn plan(reach: &Reach, path: &str, order: &Value) -> Done {
    let found = reach.ask(Method::POST, path, Some(order)).await?;
    let columns = &[("ACTION", "/action"), ("KIND", "/kind"), ("NAME", "/name")];
    print::list(&found, "/plan/objects", columns, reach.output)?;
    for finding in found["plan"]["findings"].as_array().into_iter().flatten() {
        let word = |key: &str| finding[key].as_str().unwrap_or_default();
        eprintln!("{} {} ({})", word("reason"), word("action"), word("code"));
    }
    Ok(())
}

impl Wishes {
    fn order(&self) -> Result<Map<String, Value>, Failure> {
        let mut order = self.file.as_deref().map(read).transpose()?.unwrap_or_default();
        let mut set = |key: &str, value: Value| drop(order.insert(key.to_owned(), value));
        if let Some(release) = self.release {
            set("version", json!(release));
        }
        for (key, names) in [("admins", &self.admins), ("users", &self.users)] {
            if !names.is_empty() {
                set(key, json!(names));
            }
        }
        for (component, image) in &self.images {
            component_of(&mut order, component)?.insert("image".to_owned(), json!(image));
        }
        for (component, number) in &self.replicas {
            let number: u32 =
                number.parse().map_err(|_| Failure::refused(format!("{number} is not a number")))?;
            component_of(&mut order, component)?.insert("replicas".to_owned(), json!(number));
        }
        for (place, value) in &self.variables {
            let wrong = || Failure::refused("write --set COMPONENT.VARIABLE=VALUE");
            let (component, variable) = place.split_once('.').ok_or_else(wrong)?;
            let component = component_of(&mut order, component)?;
            let variables = component.entry("variables").or_insert_with(|| json!({}));
            let variables = variables.as_object_mut().ok_or_else(wrong)?;
            variables.insert(variable.to_owned(), json!(value));
        }
        Ok(order)
    }
}

fn component_of<'a>(
    order: &'a mut Map<String, Value>,
    name: &str,
) -> Result<&'a mut Map<String, Value>, Failure> {
    let wrong = || Failure::refused("components of the file are not written by name");
    let all = order.entry("components").or_insert_with(|| json!({})).as_object_mut().ok_or_else(wrong)?;
    all.entry(name).or_insert_with(|| json!({})).as_object_mut().ok_or_else(wrong)
}

fn read(file: &str) -> Result<Map<String, Value>, Failure> {
    let text = if file == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(file)
    };
    let text = text.map_err(|error| Failure::refused(format!("{file} cannot be read: {error}")))?;
    // JSON is YAML too.
    let order = serde_saphyr::from_str::<Value>(&text);
    match order {
        Ok(Value::Object(order)) => Ok(order),
        Ok(_) => Err(Failure::refused(format!("{file} is not an order"))),
        Err(error) => {
            let line = error.to_string();
            Err(Failure::refused(format!(
                "{file} is not understood: {}",
                line.lines().next().unwrap_or_default()
            )))
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("an = is missing")?;
    Ok((name.to_owned(), value.to_owned()))
}
