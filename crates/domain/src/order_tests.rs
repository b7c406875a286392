use super::*;

fn good() -> OrderForm {
    OrderForm {
        name: "shop".into(),
        project: "web-shop".into(),
        version: "2".into(),
        admins: "ana, ops".into(),
        ..OrderForm::default()
    }
}

fn fields(form: &OrderForm) -> Vec<String> {
    form.check().unwrap_err().into_iter().map(|error| error.field).collect()
}

#[test]
fn s1_11_user_access_may_be_empty() {
    let order = good().check().unwrap();
    assert_eq!(order.admins, ["ana", "ops"]);
    assert!(order.users.is_empty());
}

#[test]
fn s1_10_an_order_without_an_administrator_is_refused() {
    assert_eq!(fields(&OrderForm { admins: " , ".into(), ..good() }), ["admins"]);
}

#[test]
fn every_wrong_field_is_reported_at_once() {
    assert_eq!(fields(&OrderForm::default()), ["name", "project", "version", "admins"]);
}

#[test]
fn s1_06_version_zero_was_never_released() {
    assert_eq!(fields(&OrderForm { version: "0".into(), ..good() }), ["version"]);
}

#[test]
fn a_name_typed_twice_counts_once() {
    let order = OrderForm { users: "hr\nhr sales".into(), ..good() }.check().unwrap();
    assert_eq!(order.users, ["hr", "sales"]);
}

fn with(name: &str, component: ComponentForm) -> OrderForm {
    OrderForm { components: [(name.to_owned(), component)].into(), ..good() }
}

#[test]
fn s1_24_variables_come_as_json_and_every_mistake_names_its_component() {
    let form = ComponentForm { variables: r#"{"EMAIL_PORT": 25}"#.into(), ..ComponentForm::default() };
    assert_eq!(with("email", form).check().unwrap().components["email"].variables["EMAIL_PORT"], "25");
    let wrong = ComponentForm {
        image: "No Image".into(),
        variables: "{".into(),
        replicas: "many".into(),
        ..ComponentForm::default()
    };
    assert_eq!(
        fields(&with("email", wrong)),
        ["components.email.image", "components.email.variables", "components.email.replicas"]
    );
}

#[test]
fn s2_27_more_copies_than_sixteen_are_refused() {
    let form =
        |replicas: &str| with("web", ComponentForm { replicas: replicas.into(), ..ComponentForm::default() });
    assert_eq!(form("16").check().unwrap().components["web"].replicas, Some(16));
    assert_eq!(fields(&form("17")), ["components.web.replicas"]);
}

#[test]
fn s1_28_an_external_database_is_complete_or_absent() {
    assert_eq!(good().check().unwrap().database, None);
    let url = "jdbc:postgresql://db.example.com/app".to_owned();
    let half = OrderForm { database: Database { url, ..Database::default() }, ..good() };
    assert_eq!(fields(&half), ["database.username", "database.password"]);
}

#[test]
fn d18_secrets_come_in_fields_of_their_own_and_empty_ones_are_not_given() {
    let secrets = [("A".to_owned(), "hunter2".to_owned()), ("B".to_owned(), String::new())].into();
    let form = ComponentForm { variables: r#"{"C": 1}"#.into(), secrets, ..ComponentForm::default() };
    let order = with("email", form).check().unwrap();
    assert_eq!(order.components["email"].variables.keys().collect::<Vec<_>>(), ["A", "C"]);
}

#[test]
fn s1_28_empty_fields_of_a_component_are_no_wish() {
    assert!(with("postgresql", ComponentForm::default()).check().unwrap().components.is_empty());
}

#[test]
fn s1_19_a_name_with_spaces_stands_in_quotes_and_comes_back_the_same() {
    let names = ["ana", "group:Human resources", "a;b"];
    let text = listed(&names);
    assert_eq!(text, r#"ana, "group:Human resources", "a;b""#);
    assert_eq!(people(&text), names);
    assert_eq!(people(r#"ana "HR"#), ["ana", "HR"], "a quote that is not closed ends with the list");
    assert!(people(r#""" , " ""#).is_empty());
}
