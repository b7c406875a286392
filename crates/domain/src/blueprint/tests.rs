use std::cell::Cell;

use super::*;
use crate::{
    contents::{ConfigEntry, Connector, ConnectorTemplate, Contents, Ui, UiTemplate},
    order::{ComponentForm, FieldError, Order, OrderForm},
    release::{Release, ReleaseVersion},
    sealed::Sealed,
    spec::ComponentSpec,
};

fn pattern(name: &str, each: Each) -> Pattern {
    let brings_its_own = matches!(each, Each::Component | Each::Connector);
    Pattern {
        name: name.into(),
        each,
        needs: vec![],
        is_database: false,
        role: Role::Service,
        image: (!brings_its_own).then(|| ImageRef::parse("example.com/usual:1").unwrap()),
        files: None,
        args: vec![],
        port: Some(8080),
        route: None,
        ready: None,
        alive: None,
        started: None,
        env: BTreeMap::new(),
        secrets: BTreeMap::new(),
        resources: Resources::default(),
        storage: None,
        replicas: 1,
    }
}

fn process_application() -> Blueprint {
    let texts =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let database = Pattern {
        is_database: true,
        secrets: texts(&[("POSTGRES_PASSWORD", "{generated.database}")]),
        ..pattern("postgresql", Each::Application)
    };
    let runtime = Pattern {
        needs: vec![ComponentName::parse("postgresql").unwrap()],
        files: Some("/release".into()),
        route: Some("/rb".into()),
        env: texts(&[("CONTEXT", "{path}"), ("DB", "{database.url}")]),
        secrets: texts(&[("DB_PASSWORD", "{database.password}")]),
        ..pattern("runtime-bundle", Each::Application)
    };
    let connector = Pattern { role: Role::Connector, ..pattern("{item}", Each::Connector) };
    let workspace = Pattern { route: Some("/ui/{item}".into()), ..pattern("{item}", Each::ProcessUi) };
    Blueprint {
        kind: ProjectKind::ProcessApplication,
        database: Some(Database {
            url: "jdbc:postgresql://postgresql/{application}".into(),
            username: "slipway".into(),
            password: "{generated.database}".into(),
            jpa_database_platform: "dialect".into(),
        }),
        components: vec![database, runtime, connector, workspace],
    }
}

fn release() -> Release {
    let entry = |name: &str, value: &str, required, secure| ConfigEntry {
        name: name.into(),
        description: String::new(),
        value: value.into(),
        required,
        secure,
    };
    let connector = |name: &str, template: Option<&str>| Connector {
        name: ComponentName::parse(name).unwrap(),
        description: String::new(),
        template: template.map(str::to_owned),
        actions: vec!["SEND".into()],
        events: vec![],
        config: vec![entry("EMAIL_HOST", "", true, false), entry("EMAIL_PASSWORD", "", false, true)],
    };
    let ui = Ui {
        name: ComponentName::parse("workspace").unwrap(),
        description: String::new(),
        template: UiTemplate::Process,
    };
    Release {
        project: "holiday".parse().unwrap(),
        version: ReleaseVersion::new(2).unwrap(),
        kind: ProjectKind::ProcessApplication,
        description: String::new(),
        released_by: String::new(),
        released_at: None,
        digest: "sha256:1".into(),
        components: vec![],
        contents: Contents {
            connectors: vec![connector("email", Some("email")), connector("own", None)],
            uis: vec![ui],
            ..Contents::default()
        },
    }
}

fn order(components: &[(&str, &str, &str)], database: Database) -> Order {
    let form = |(name, image, variables): &(&str, &str, &str)| {
        let form = ComponentForm {
            image: (*image).into(),
            variables: (*variables).into(),
            ..ComponentForm::default()
        };
        ((*name).to_owned(), form)
    };
    let form = OrderForm {
        name: "leave".into(),
        project: "holiday".into(),
        version: "2".into(),
        admins: "ana".into(),
        components: components.iter().map(form).collect(),
        database,
        ..OrderForm::default()
    };
    form.check().unwrap()
}

const COMPLETE: [(&str, &str, &str); 2] = [
    ("email", "", r#"{"EMAIL_HOST": "smtp.example.com", "EMAIL_PASSWORD": "hunter2"}"#),
    ("own", "example.com/own:1", r#"{"EMAIL_HOST": "x"}"#),
];

fn expand(order: &Order) -> Result<Vec<ComponentSpec>, Vec<FieldError>> {
    let template = ConnectorTemplate {
        key: "email".into(),
        label: "Email".into(),
        image: ImageRef::parse("example.com/email:7").unwrap(),
        variables: vec![ConfigEntry {
            name: "EMAIL_PORT".into(),
            description: String::new(),
            value: "25".into(),
            required: true,
            secure: false,
        }],
    };
    let generated = BTreeMap::from([("generated.database".to_owned(), "made-up".to_owned())]);
    let seal = |plain: &str| Sealed::new(format!("sealed {plain}"));
    let expansion = Expansion {
        release: &release(),
        order,
        catalogue: &[template],
        surroundings: &Surroundings::default(),
        generated: &generated,
        before: None,
        seal: &seal,
    };
    expansion.components(&process_application())
}

fn fields(errors: Vec<FieldError>) -> Vec<String> {
    errors.into_iter().map(|error| error.field).collect()
}

#[test]
fn s1_08_a_project_becomes_its_services_connectors_and_user_interfaces() {
    let components = expand(&order(&COMPLETE, Database::default())).unwrap();
    let names: Vec<_> = components.iter().map(|component| component.name.as_str()).collect();
    assert_eq!(names, ["postgresql", "runtime-bundle", "email", "own", "workspace"]);
    assert_eq!(components[1].env["CONTEXT"], "/leave/rb");
    assert_eq!(components[4].route.as_deref(), Some("/ui/workspace"));
}

#[test]
fn s1_23_a_connector_of_the_catalogue_needs_no_image_and_has_its_defaults() {
    let components = expand(&order(&COMPLETE, Database::default())).unwrap();
    assert_eq!(components[2].image.to_string(), "example.com/email:7");
    assert_eq!(components[2].env["EMAIL_PORT"], "25");
}

#[test]
fn s1_22_an_own_connector_needs_an_image() {
    let wrong = expand(&order(&COMPLETE[..1], Database::default())).unwrap_err();
    assert_eq!(fields(wrong), ["components.own.image"]);
}

#[test]
fn s1_21_what_a_connector_requires_is_asked_for_by_name() {
    let wrong = expand(&order(&[("email", "", "{}"), COMPLETE[1]], Database::default())).unwrap_err();
    assert_eq!(wrong[0].message, "The connector needs EMAIL_HOST.");
    assert_eq!(fields(wrong), ["components.email.variables"]);
}

#[test]
fn d18_what_is_secure_is_sealed_and_nowhere_in_plain_text() {
    let components = expand(&order(&COMPLETE, Database::default())).unwrap();
    assert_eq!(components[2].secrets["EMAIL_PASSWORD"].as_str(), "sealed hunter2");
    assert!(
        !components.iter().any(|component| component.env.values().any(|value| value.contains("hunter2")))
    );
}

#[test]
fn s1_28_with_a_database_outside_none_is_made_inside() {
    let outside = Database {
        url: "jdbc:postgresql://db.example.com/{application}".into(),
        username: "app".into(),
        password: "pass".into(),
        jpa_database_platform: String::new(),
    };
    let components = expand(&order(&COMPLETE, outside)).unwrap();
    assert_eq!(components[0].name.as_str(), "runtime-bundle");
    assert_eq!(components[0].needs, [], "a database outside is not waited for");
    // What a person typed is taken as it is.
    assert_eq!(components[0].env["DB"], "jdbc:postgresql://db.example.com/{application}");
    assert_eq!(components[0].secrets["DB_PASSWORD"].as_str(), "sealed pass");
}

#[test]
fn s1_28_the_database_inside_has_a_password_of_its_own() {
    let components = expand(&order(&COMPLETE, Database::default())).unwrap();
    assert_eq!(components[0].secrets["POSTGRES_PASSWORD"].as_str(), "sealed made-up");
    assert_eq!(components[1].needs, [components[0].name.clone()]);
    assert_eq!(components[1].env["DB"], "jdbc:postgresql://postgresql/leave");
    assert_eq!(components[1].secrets["DB_PASSWORD"].as_str(), "sealed made-up");
}

#[test]
fn s1_27_an_image_for_a_component_that_does_not_exist_is_refused() {
    let mut wishes = COMPLETE.to_vec();
    wishes.push(("querry", "example.com/query:2", ""));
    assert_eq!(fields(expand(&order(&wishes, Database::default())).unwrap_err()), ["components.querry.name"]);
}

#[test]
fn a_secret_that_is_not_entered_again_stays() {
    let sealed = Cell::new(0);
    let seal = |plain: &str| {
        sealed.set(sealed.get() + 1);
        Sealed::new(format!("{plain} {}", sealed.get()))
    };
    let (release, generated, around) = (release(), BTreeMap::new(), Surroundings::default());
    let expansion = |order, before| Expansion {
        release: &release,
        order,
        catalogue: &[],
        surroundings: &around,
        generated: &generated,
        before,
        seal: &seal,
    };
    let blueprint = Blueprint {
        database: None,
        components: vec![pattern("{item}", Each::Connector)],
        ..process_application()
    };
    let images = [("email", "example.com/e:1", COMPLETE[0].2), COMPLETE[1]];
    let first = order(&images, Database::default());
    let components = expansion(&first, None).components(&blueprint).unwrap();
    let before = crate::spec::ApplicationSpec {
        id: crate::ids::ApplicationId("01JZZZZZZZZZZZZZZZZZZZZZZZ".parse().unwrap()),
        name: first.name.clone(),
        generation: 1,
        project: first.project.clone(),
        version: first.version,
        release: release.digest.clone(),
        admins: vec![],
        users: vec![],
        wishes: std::collections::BTreeMap::new(),
        database: None,
        database_password: None,
        components,
    };
    let images = [("email", "example.com/e:1", r#"{"EMAIL_HOST": "other"}"#), COMPLETE[1]];
    let again =
        expansion(&order(&images, Database::default()), Some(&before)).components(&blueprint).unwrap();
    assert_eq!(again[0].secrets["EMAIL_PASSWORD"], before.components[0].secrets["EMAIL_PASSWORD"]);
    assert_eq!(again[0].env["EMAIL_HOST"], "other");
}

#[test]
fn a_blueprint_that_cannot_work_is_refused_with_the_component_named() {
    type Change = fn(&mut Pattern);
    let cases: [(Change, &str); 6] = [
        (|p| p.name = "No".into(), "Use only lowercase letters"),
        (|p| p.each = Each::Connector, "{item}"),
        (|p| p.image = None, "the others need one"),
        (|p| p.env = [("A".into(), "{nothing}".into())].into(), "{nothing} means nothing here"),
        (|p| p.env = [("A".into(), "{database.password}".into())].into(), "may stand only among secrets"),
        (|p| p.env = [("A B".into(), String::new())].into(), "\"A B\" is not the name"),
    ];
    for (change, expected) in cases {
        let mut blueprint = process_application();
        change(&mut blueprint.components[1]);
        let reason = blueprint.check().unwrap_err();
        assert!(reason.contains(expected) && reason.starts_with("component"), "{reason:?}, not {expected:?}");
    }
    assert_eq!(process_application().check(), Ok(()));
}

#[test]
fn s1_40_what_a_component_needs_stands_before_it() {
    let mut blueprint = process_application();
    assert_eq!(blueprint.check(), Ok(()));
    blueprint.components.swap(0, 1);
    let refused = blueprint.check().unwrap_err();
    assert!(refused.contains("runtime-bundle") && refused.contains("needs postgresql"), "{refused}");
    // Nor does it wait for itself.
    blueprint.components = vec![Pattern {
        needs: vec![ComponentName::parse("web").unwrap()],
        ..pattern("web", Each::Application)
    }];
    assert!(blueprint.check().is_err());
}
