//! From a blueprint, a release and an order to the workloads of an application. Pure. What can still be wrong
//! lies in the order, and each such mistake names its field.

use std::collections::BTreeMap;

use super::{
    Blueprint, Database, Each, Pattern,
    template::{Values, fill, names},
};
use crate::{
    contents::{Connector, ConnectorTemplate, UiTemplate},
    image::ImageRef,
    names::ComponentName,
    order::{FieldError, Order, Wish},
    release::{Release, ReleaseComponent},
    sealed::Sealed,
    spec::{ApplicationSpec, ComponentSpec},
    workload::Probe,
};

/// What applications find around them; the same for all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Before this stands the path of an application, for example `http://gateway.localhost`.
    pub gateway: String,
    /// The address of the identity provider, as applications reach it.
    pub identity_url: String,
    /// Its realm.
    pub identity_realm: String,
    /// The client by which people use applications.
    pub identity_client: String,
    /// The client by which applications themselves ask who people are.
    pub identity_service_client: String,
    /// The secret of the latter.
    pub identity_secret: String,
}

/// All that an expansion is made from.
pub struct Expansion<'a> {
    /// What is deployed.
    pub release: &'a Release,
    /// As it was ordered.
    pub order: &'a Order,
    /// The connectors that have an image of their own accord (S1.23).
    pub catalogue: &'a [ConnectorTemplate],
    /// What applications find around them.
    pub surroundings: &'a Surroundings,
    /// Secrets that were made up for this application, by their names in blueprints.
    pub generated: &'a BTreeMap<String, String>,
    /// The configuration before, if there is one: secrets that are not entered again stay.
    pub before: Option<&'a ApplicationSpec>,
    /// Seals a secret.
    pub seal: &'a dyn Fn(&str) -> Sealed,
}

/// The thing that a pattern makes a component for.
enum Item<'a> {
    Application,
    Component(&'a ReleaseComponent),
    Connector(&'a Connector),
    Ui(&'a ComponentName),
}

impl Expansion<'_> {
    /// The workloads, in the order in which they are started.
    pub fn components(&self, blueprint: &Blueprint) -> Result<Vec<ComponentSpec>, Vec<FieldError>> {
        let values = self.values(blueprint);
        let (mut components, mut errors) = (Vec::new(), Vec::new());
        for pattern in &blueprint.components {
            if pattern.is_database && self.order.database.is_some() {
                continue;
            }
            for item in self.items(pattern.each) {
                match self.component(pattern, &item, &values) {
                    Ok(component) => components.push(component),
                    Err(wrong) => errors.extend(wrong),
                }
            }
        }
        // A database outside is not waited for.
        let made: Vec<_> = components.iter().map(|component| component.name.clone()).collect();
        for component in &mut components {
            component.needs.retain(|name| made.contains(name));
        }
        errors.extend(self.unknown(&components, &errors));
        errors.extend(twice(&components));
        if errors.is_empty() { Ok(components) } else { Err(errors) }
    }

    fn values(&self, blueprint: &Blueprint) -> Values {
        let (order, around) = (self.order, self.surroundings);
        let mut values: Values = self.generated.clone();
        let mut set = |name: &str, value: &str| values.insert(name.to_owned(), value.to_owned());
        set("application", order.name.as_str());
        set("project", order.project.as_str());
        set("version", &order.version.to_string());
        set("gateway", &around.gateway);
        set("identity.url", &around.identity_url);
        set("identity.realm", &around.identity_realm);
        set("identity.client", &around.identity_client);
        set("identity.service-client", &around.identity_service_client);
        set("identity.secret", &around.identity_secret);
        let inside = blueprint.database.clone().unwrap_or_default();
        let database = match &order.database {
            Some(outside) => Database {
                jpa_database_platform: some(&outside.jpa_database_platform)
                    .unwrap_or(inside.jpa_database_platform),
                ..outside.clone()
            },
            None => inside,
        };
        for (name, text) in [
            ("database.url", database.url),
            ("database.username", database.username),
            ("database.password", database.password),
            ("database.platform", database.jpa_database_platform),
        ] {
            // What a person typed is never a template.
            let value = if order.database.is_some() { text } else { fill(&text, &values) };
            values.insert(name.to_owned(), value);
        }
        values
    }

    fn items(&self, each: Each) -> Vec<Item<'_>> {
        let contents = &self.release.contents;
        let uis = |template: UiTemplate| {
            contents
                .uis
                .iter()
                .filter(move |ui| ui.template == template)
                .map(|ui| Item::Ui(&ui.name))
                .collect()
        };
        match each {
            Each::Application => vec![Item::Application],
            Each::Component => self.release.components.iter().map(Item::Component).collect(),
            Each::Connector => contents.connectors.iter().map(Item::Connector).collect(),
            Each::ProcessUi => uis(UiTemplate::Process),
            Each::ContentUi => uis(UiTemplate::Content),
        }
    }

    fn component(
        &self,
        pattern: &Pattern,
        item: &Item<'_>,
        values: &Values,
    ) -> Result<ComponentSpec, Vec<FieldError>> {
        let own = match item {
            Item::Application => "",
            Item::Component(component) => component.name.as_str(),
            Item::Connector(connector) => connector.name.as_str(),
            Item::Ui(name) => name.as_str(),
        };
        let name = pattern.name.replace("{item}", own);
        let error =
            |part: &str, message: &str| vec![FieldError::new(format!("components.{name}.{part}"), message)];
        let parsed = ComponentName::parse(&name).map_err(|wrong| error("name", &wrong.to_string()))?;
        let usual = Wish::default();
        let wish = self.order.components.get(&name).unwrap_or(&usual);
        let image = self.image(pattern, item, wish).ok_or_else(|| {
            error("image", "Name the image of this connector: the catalogue has no template for it.")
        })?;
        let mut values = values.clone();
        values.insert("item".to_owned(), own.to_owned());
        let route = match item {
            Item::Component(component) => component.route.clone(),
            _ => pattern.route.as_ref().map(|route| fill(route, &values)),
        };
        let path = route.as_ref().map(|route| format!("/{}{}", self.order.name, route.trim_end_matches('/')));
        values.insert("path".to_owned(), path.unwrap_or_default());
        let asked = |asked: &Option<Probe>| asked.as_ref().map(|asked| probe(asked, &values));
        let mut component = ComponentSpec {
            role: pattern.role,
            needs: pattern.needs.clone(),
            files: pattern.files.as_ref().map(|folder| fill(folder, &values)),
            args: pattern.args.iter().map(|argument| fill(argument, &values)).collect(),
            port: pattern.port,
            route,
            ready: asked(&pattern.ready).or_else(|| pattern.port.map(|_| Probe::new(None))),
            alive: asked(&pattern.alive),
            started: asked(&pattern.started),
            env: filled(&pattern.env, &values),
            resources: pattern.resources.clone(),
            storage: pattern.storage.clone(),
            replicas: wish.replicas.unwrap_or(pattern.replicas),
            ..ComponentSpec::new(parsed, image)
        };
        for (key, value) in filled(&pattern.secrets, &values) {
            component.secrets.insert(key, (self.seal)(&value));
        }
        match item {
            Item::Component(named) => named.complete(&mut component, wish),
            Item::Connector(connector) => self.configure(connector, &mut component, wish)?,
            Item::Application | Item::Ui(_) => {}
        }
        for (key, value) in &wish.variables {
            self.set(&mut component, key, value, looks_secret(key));
        }
        if component.storage.is_some() && component.replicas > 1 {
            return Err(error("replicas", "It keeps data of its own, so it runs one copy."));
        }
        Ok(component)
    }

    fn image(&self, pattern: &Pattern, item: &Item<'_>, wish: &Wish) -> Option<ImageRef> {
        let usual = || match item {
            Item::Application | Item::Ui(_) => pattern.image.clone(),
            Item::Component(component) => Some(component.image.clone()),
            Item::Connector(connector) => {
                connector.template_in(self.catalogue).map(|template| template.image.clone())
            }
        };
        wish.image.clone().or_else(usual)
    }

    /// The variables of a connector: the template's, then the modeller's, then what was ordered. What is required
    /// must have a value, or have had one that is a secret.
    fn configure(
        &self,
        connector: &Connector,
        component: &mut ComponentSpec,
        wish: &Wish,
    ) -> Result<(), Vec<FieldError>> {
        let before = self.before.and_then(|before| before.component(&component.name));
        let entries = connector.entries(connector.template_in(self.catalogue));
        let mut missing = Vec::new();
        for entry in entries.values() {
            let value = wish.variables.get(&entry.name).unwrap_or(&entry.value);
            let is_secret = entry.secure || looks_secret(&entry.name);
            let kept = before.and_then(|before| before.secrets.get(&entry.name)).filter(|_| value.is_empty());
            match kept {
                Some(kept) => drop(component.secrets.insert(entry.name.clone(), kept.clone())),
                None if !value.is_empty() => self.set(component, &entry.name, value, is_secret),
                None if entry.required => missing.push(entry.name.as_str()),
                None => {}
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("The connector needs {}.", missing.join(", "));
        Err(vec![FieldError::new(format!("components.{}.variables", component.name), message)])
    }

    fn set(&self, component: &mut ComponentSpec, key: &str, value: &str, is_secret: bool) {
        if is_secret || component.secrets.contains_key(key) {
            component.env.remove(key);
            component.secrets.insert(key.to_owned(), (self.seal)(value));
        } else {
            component.env.insert(key.to_owned(), value.to_owned());
        }
    }

    /// Wishes for components that the application does not have.
    fn unknown(&self, components: &[ComponentSpec], errors: &[FieldError]) -> Vec<FieldError> {
        let is_known = |name: &str| {
            let prefix = format!("components.{name}.");
            components.iter().any(|component| component.name.as_str() == name)
                || errors.iter().any(|error| error.field.starts_with(&prefix))
        };
        let unknown = self.order.components.keys().filter(|name| !is_known(name));
        unknown
            .map(|name| {
                let message = format!("The application has no component {name:?}.");
                FieldError::new(format!("components.{name}.name"), message)
            })
            .collect()
    }
}

impl ReleaseComponent {
    /// A component that the release itself names is as it says there.
    fn complete(&self, component: &mut ComponentSpec, wish: &Wish) {
        component.port = self.port;
        component.ready = self.port.map(|_| Probe::new(self.health.clone()));
        component.env.extend(self.env.clone());
        component.replicas = wish.replicas.unwrap_or(self.replicas);
    }
}

/// Connectors and user interfaces may be called like a component of the blueprint.
fn twice(components: &[ComponentSpec]) -> Vec<FieldError> {
    let mut seen = std::collections::BTreeSet::new();
    let twice = components.iter().filter(|component| !seen.insert(&component.name));
    twice
        .map(|component| {
            let message = format!("Two components are called {}; rename one in the project.", component.name);
            FieldError::new("version", message)
        })
        .collect()
}

/// A variable that is called like a secret is treated as one, whoever forgot to say so.
pub fn looks_secret(key: &str) -> bool {
    let key = key.to_ascii_uppercase();
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "PRIVATE_KEY", "ACCESS_KEY"]
        .iter()
        .any(|word| key.contains(word))
}

/// The texts filled in; what names the path is left out where there is none.
fn filled(texts: &BTreeMap<String, String>, values: &Values) -> BTreeMap<String, String> {
    let has_path = values.get("path").is_some_and(|path| !path.is_empty());
    let apply = texts.iter().filter(|(_, text)| has_path || !names(text).contains(&"path".to_owned()));
    apply.map(|(key, text)| (key.clone(), fill(text, values))).collect()
}

fn probe(asked: &Probe, values: &Values) -> Probe {
    Probe { path: asked.path.as_ref().map(|path| fill(path, values)), ..asked.clone() }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
