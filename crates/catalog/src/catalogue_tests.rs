use super::*;

fn find<'a>(templates: &'a [ConnectorTemplate], key: &str) -> &'a ConnectorTemplate {
    templates.iter().find(|template| template.key == key).expect(key)
}

#[test]
fn s1_23_the_built_in_catalogue_is_read_without_complaint() {
    let templates = parse(Path::new("connectors.toml"), BUILT_IN).unwrap();
    assert_eq!(templates, connector_catalogue());
    assert_eq!(templates.len(), 14);
    for template in &templates {
        assert_eq!(template.image.registry, "quay.io", "{}", template.key);
        assert!(template.image.tag.is_some() && !template.label.is_empty(), "{}", template.key);
    }
}

#[test]
fn s1_25_the_email_connector_has_the_variables_of_the_original() {
    let templates = connector_catalogue();
    let email = find(&templates, "emailConnector");
    let names: Vec<_> = email.variables.iter().map(|variable| variable.name.as_str()).collect();
    let expected = ["HOST", "PORT", "USERNAME", "PASSWORD", "SMTP_AUTH", "SMTP_STARTTLS"];
    assert_eq!(names, expected.map(|name| format!("EMAIL_{name}")));
    assert_eq!(email.label, "Email");
}

#[test]
fn s1_24_passwords_and_tokens_are_secrets() {
    for template in connector_catalogue() {
        for variable in template.variables {
            let words = ["PASSWORD", "SECRET", "_TOKEN", "RSA_KEY", "XOX"];
            // The address that tokens come from is not a token.
            let secret =
                words.iter().any(|word| variable.name.contains(word)) && !variable.name.ends_with("URL");
            assert_eq!(variable.secure, secret, "{} of {}", variable.name, template.key);
        }
    }
}

fn operators(text: &str) -> Result<Vec<ConnectorTemplate>, CatalogueError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    fs::write(&path, text).unwrap();
    connector_catalogue_with(&path)
}

#[test]
fn s1_23_an_operator_adds_and_overrides_by_key() {
    let templates = operators(
        r#"
        [[connector]]
        key = "emailConnector"
        label = "Our mail"
        image = "registry.example.com/mail:1"

        [[connector]]
        key = "fax"
        label = "Fax"
        image = "registry.example.com/fax:2"
        variables = [{ name = "FAX_NUMBER", required = true }]
        "#,
    )
    .unwrap();
    assert_eq!(templates.len(), connector_catalogue().len() + 1);
    assert_eq!(find(&templates, "emailConnector").label, "Our mail");
    assert!(find(&templates, "fax").variables[0].required);
    assert!(templates.is_sorted_by_key(|template| &template.key));
    assert_eq!(operators("").unwrap(), connector_catalogue());
}

#[test]
fn what_is_wrong_is_named_with_file_and_line() {
    let entry = "[[connector]]\nkey = \"fax\"\nlabel = \"Fax\"\nimage = \"example.com/fax:1\"\n";
    let cases = [
        ("[[connector".to_owned(), 1, "unclosed"),
        (format!("{entry}colour = 1"), 5, "unknown field `colour`"),
        (entry.replace("label = \"Fax\"\n", ""), 1, "missing field `label`"),
        (entry.replace("example.com/fax:1", "Fax"), 4, "repository may have only"),
        (entry.replace("\"fax\"", "\" fax\""), 2, "the key must not be empty"),
        (entry.replace("\"fax\"", "\"\""), 2, "the key must not be empty"),
        (format!("{entry}{entry}"), 6, "the key \"fax\" is there twice"),
        (format!("{entry}variables = [\n{{ name = \"A B\" }}]"), 6, "\"A B\" is not the name"),
        (
            format!("{entry}variables = [\n{{ name = \"A\" }},\n{{ name = \"A\" }}]"),
            7,
            "\"A\" is there twice",
        ),
        (format!("{entry}variables = [{{ name = \"A\", secure = true, value = \"1\" }}]"), 5, "is a secret"),
        (format!("{entry}variables = [{{ name = \"A\", requird = true }}]"), 5, "unknown field `requird`"),
    ];
    for (text, expected_line, expected) in cases {
        let error = operators(&text).unwrap_err();
        assert!(error.to_string().contains("mine.toml"), "{error}");
        let CatalogueError::Wrong { line, reason, .. } = error else { panic!("{error}") };
        assert!(reason.contains(expected), "{reason:?} should contain {expected:?}");
        assert_eq!(line, expected_line, "{reason}");
    }
}

#[test]
fn a_file_that_is_missing_or_too_large_is_named() {
    let missing = connector_catalogue_with(Path::new("/does/not/exist.toml")).unwrap_err().to_string();
    assert!(missing.contains("/does/not/exist.toml"), "{missing}");
    let large = operators(&"#".repeat((1 << 20) + 1)).unwrap_err().to_string();
    assert!(large.contains("at most 1048576 are read"), "{large}");
}
