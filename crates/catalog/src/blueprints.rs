//! Blueprints as files: the built-in ones, and those with which an operator adds to or overrides them.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use slipway_domain::{blueprint::Blueprint, release::ProjectKind};

use crate::text::line_of;

const BUILT_IN: [(&str, &str); 2] = [
    ("container.toml", include_str!("../data/blueprints/container.toml")),
    ("process-application.toml", include_str!("../data/blueprints/process-application.toml")),
];

/// Why a blueprint cannot be used. A sentence that names the file, and the line where that is known.
#[derive(Debug, thiserror::Error)]
pub enum BlueprintError {
    /// The directory or a file in it cannot be read.
    #[error("the blueprint {} cannot be read; check SLIPWAY_BLUEPRINTS_DIR", path.display())]
    Unreadable {
        /// The file or directory.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is not a blueprint.
    #[error("the blueprint {}, line {line}: {reason}", path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
}

/// One blueprint for each kind of project.
#[derive(Debug, Clone)]
pub struct Blueprints(BTreeMap<ProjectKind, Blueprint>);

impl Blueprints {
    /// The built-in ones, and over them those of a directory.
    pub fn open(directory: Option<&Path>) -> Result<Self, BlueprintError> {
        let mut all = BTreeMap::new();
        for (name, text) in BUILT_IN {
            let blueprint = parse(Path::new(name), text)?;
            all.insert(blueprint.kind, blueprint);
        }
        if let Some(directory) = directory {
            let mut own = BTreeMap::new();
            for path in files(directory)? {
                let source = |source| BlueprintError::Unreadable { path: path.clone(), source };
                let blueprint = parse(&path, &fs::read_to_string(&path).map_err(source)?)?;
                let kind = blueprint.kind;
                if let Some((_, other)) = own.insert(kind, (blueprint, path.clone())) {
                    let reason = format!("{} is of the kind {} too", other.display(), kind.as_str());
                    return Err(BlueprintError::Wrong { path, line: 1, reason });
                }
            }
            all.extend(own.into_iter().map(|(kind, (blueprint, _))| (kind, blueprint)));
        }
        Ok(Self(all))
    }

    /// The blueprint of a kind; each has one, because each has a built-in one.
    pub fn get(&self, kind: ProjectKind) -> Option<&Blueprint> {
        self.0.get(&kind)
    }
}

/// The TOML files of a directory, by name. The connector catalogue may lie beside the blueprints.
fn files(directory: &Path) -> Result<Vec<PathBuf>, BlueprintError> {
    let unreadable = |source| BlueprintError::Unreadable { path: directory.to_owned(), source };
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let is_blueprint = path.extension().is_some_and(|extension| extension == "toml")
            && path.file_name().is_some_and(|name| name != "connectors.toml");
        if is_blueprint {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

pub(crate) fn parse(path: &Path, text: &str) -> Result<Blueprint, BlueprintError> {
    let wrong = |line, reason: String| BlueprintError::Wrong { path: path.to_owned(), line, reason };
    let blueprint: Blueprint = toml::from_str(text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        wrong(line_of(text, start), error.message().to_owned())
    })?;
    blueprint.check().map_err(|reason| wrong(line_named_by(text, &reason), reason))?;
    Ok(blueprint)
}

/// The line of the component that a reason begins with, as near as the text tells.
fn line_named_by(text: &str, reason: &str) -> usize {
    let name = reason.split('"').nth(1).unwrap_or_default();
    let line =
        text.lines().position(|line| line.starts_with("name") && line.contains(&format!("\"{name}\"")));
    line.map_or(1, |line| line + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(text: &str) -> Result<Blueprints, BlueprintError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("own.toml"), text).unwrap();
        Blueprints::open(Some(folder.path()))
    }

    #[test]
    fn the_built_in_blueprints_are_right() {
        let blueprints = Blueprints::open(None).unwrap();
        for kind in [ProjectKind::Container, ProjectKind::ProcessApplication] {
            assert!(blueprints.get(kind).is_some(), "{kind:?}");
        }
    }

    #[test]
    fn an_operator_overrides_a_kind_by_a_file() {
        let own =
            opened("kind = 'container'\n[[components]]\nname = '{item}'\neach = 'component'\nreplicas = 3\n");
        assert_eq!(own.unwrap().get(ProjectKind::Container).unwrap().components[0].replicas, 3);
    }

    #[test]
    fn a_bad_blueprint_is_refused_with_its_line_and_the_reason() {
        for (text, expected) in [
            ("kind = 'container'\ncolour = 'red'\ncomponents = []\n", "line 2: unknown field `colour`"),
            ("kind = 'app'\ncomponents = []\n", "line 1: unknown variant `app`"),
            ("kind = 'container'\ncomponents = []\n", "nothing to deploy"),
            (
                "kind = 'container'\n[[components]]\nname = \"web\"\nimage = 'a/b'\nenv.A = '{nothing}'\n",
                "line 3: component \"web\": {nothing} means nothing here",
            ),
        ] {
            let told = opened(text).unwrap_err().to_string();
            assert!(told.contains(expected), "{told:?} should contain {expected:?}");
        }
    }
}
