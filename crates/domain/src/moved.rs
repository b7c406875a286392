//! Tags that mean another image by now than the one that runs (D11). Pure: whoever asks the registries hands in what
//! they said.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    image::{Digest, ImageRef, Resolved},
    names::ComponentName,
    spec::{ApplicationSpec, ComponentSpec},
};

/// What the registries said about the images of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageCheck {
    /// When they were asked.
    pub at: Timestamp,
    /// The generation whose images they were asked about.
    pub generation: u32,
    /// Component by component.
    pub images: Vec<CheckedImage>,
}

/// The image of one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckedImage {
    /// The component.
    pub component: ComponentName,
    /// The image as it was named; of a component that carries files, what it is built on.
    pub image: ImageRef,
    /// What became of its tag.
    #[serde(flatten)]
    pub tag: Tag,
}

/// What became of a tag.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "tag", rename_all = "kebab-case")]
pub enum Tag {
    /// It still means what runs.
    Same {
        /// That.
        runs: Digest,
    },
    /// It means another image by now.
    Moved {
        /// What runs.
        runs: Digest,
        /// What the tag means now.
        now: Digest,
        /// Was the application rolled back from what it means now (D10)?
        quarantined: bool,
    },
    /// The image was named by its digest, which cannot mean anything else.
    Pinned,
    /// Nobody knows.
    NotKnown {
        /// Why, in a sentence.
        why: String,
    },
}

/// What the registries said about each image: what it is now, or why that is not known.
pub type Said = HashMap<ImageRef, Result<Resolved, String>>;

impl ComponentSpec {
    /// What the image of the component meant when it was resolved; of one that carries files, what it is built on.
    pub fn meant(&self) -> Option<&Digest> {
        let resolved = if self.files.is_some() { &self.base } else { &self.resolved };
        resolved.as_ref().map(|resolved| &resolved.digest)
    }
}

impl ApplicationSpec {
    /// The images that a registry is to be asked about, each once.
    pub fn images_with_tags(&self) -> Vec<ImageRef> {
        let mut images: Vec<ImageRef> = Vec::new();
        for component in &self.components {
            let may_move = component.image.digest.is_none() && component.meant().is_some();
            if may_move && !images.contains(&component.image) {
                images.push(component.image.clone());
            }
        }
        images
    }

    /// What became of the tags of all components.
    pub fn judge_tags(&self, said: &Said, is_quarantined: impl Fn(&Digest) -> bool) -> Vec<CheckedImage> {
        let judge = |component: &ComponentSpec| CheckedImage {
            component: component.name.clone(),
            image: component.image.clone(),
            tag: tag(component, said, &is_quarantined),
        };
        self.components.iter().map(judge).collect()
    }

    /// The same application with what these images mean now. What is built on one of them is built anew.
    #[must_use]
    pub fn with_new_images(mut self, components: &[ComponentName], said: &Said) -> Self {
        for component in self.components.iter_mut().filter(|one| components.contains(&one.name)) {
            let now = said.get(&component.image).and_then(|said| said.clone().ok());
            if component.files.is_some() {
                (component.base, component.resolved) = (now, None);
            } else {
                component.resolved = now;
            }
        }
        self
    }
}

fn tag(component: &ComponentSpec, said: &Said, is_quarantined: &impl Fn(&Digest) -> bool) -> Tag {
    if component.image.digest.is_some() {
        return Tag::Pinned;
    }
    let not_known = |why: &str| Tag::NotKnown { why: why.to_owned() };
    let Some(runs) = component.meant().cloned() else {
        return not_known("It has not been resolved yet: its images were never built.");
    };
    match said.get(&component.image) {
        None => not_known("Its registry was not asked."),
        Some(Err(why)) => not_known(why),
        Some(Ok(Resolved { digest, .. })) if *digest == runs => Tag::Same { runs },
        Some(Ok(Resolved { digest, .. })) => {
            Tag::Moved { runs, now: digest.clone(), quarantined: is_quarantined(digest) }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ulid::Ulid;

    use super::*;
    use crate::{
        ids::ApplicationId,
        names::{ApplicationName, ProjectName},
        release::ReleaseVersion,
    };

    fn digest(letter: char) -> Digest {
        Digest::parse(&format!("sha256:{}", letter.to_string().repeat(64))).unwrap()
    }

    fn resolved(image: &ImageRef, letter: char) -> Resolved {
        Resolved { image: image.clone(), digest: digest(letter), platforms: Vec::new() }
    }

    fn name(text: &str) -> ComponentName {
        ComponentName::parse(text).unwrap()
    }

    /// Runs `a` of that image, once it is built.
    fn component(called: &str, image: &str) -> ComponentSpec {
        let image = ImageRef::parse(image).unwrap();
        let now = Some(resolved(&image, 'a'));
        ComponentSpec { resolved: now, ..ComponentSpec::new(name(called), image) }
    }

    /// Carries files, on `a` of that image.
    fn carrier(called: &str, image: &str) -> ComponentSpec {
        let component = component(called, image);
        let built = resolved(&component.image, 'f');
        ComponentSpec {
            files: Some("/release".to_owned()),
            base: component.resolved.clone(),
            resolved: Some(built),
            ..component
        }
    }

    fn spec(components: Vec<ComponentSpec>) -> ApplicationSpec {
        ApplicationSpec {
            id: ApplicationId(Ulid::nil()),
            name: ApplicationName::parse("shop").unwrap(),
            generation: 1,
            project: ProjectName::parse("shop").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            release: String::new(),
            admins: vec![],
            users: vec![],
            wishes: BTreeMap::new(),
            database: None,
            database_password: None,
            components,
        }
    }

    fn said(image: &str, answer: Result<char, &str>) -> Said {
        let image = ImageRef::parse(image).unwrap();
        let answer = answer.map(|letter| resolved(&image, letter)).map_err(str::to_owned);
        HashMap::from([(image, answer)])
    }

    #[test]
    fn d11_a_tag_that_means_something_else_by_now_has_moved() {
        let spec =
            spec(vec![component("web", "app:1"), carrier("bundle", "app:1"), component("db", "other:1")]);
        let found = spec.judge_tags(&said("app:1", Ok('b')), |_| false);
        let moved = Tag::Moved { runs: digest('a'), now: digest('b'), quarantined: false };
        assert_eq!(found[0].tag, moved);
        assert_eq!(found[1].tag, moved, "what is built on it is asked for its base");
        assert!(matches!(found[2].tag, Tag::NotKnown { .. }));
        let found = spec.judge_tags(&said("app:1", Ok('a')), |_| false);
        assert_eq!(found[0].tag, Tag::Same { runs: digest('a') });
    }

    #[test]
    fn d11_a_registry_that_says_nothing_is_no_reason_to_say_moved() {
        let spec = spec(vec![component("web", "app:1")]);
        let found = spec.judge_tags(&said("app:1", Err("the registry did not answer")), |_| false);
        assert_eq!(found[0].tag, Tag::NotKnown { why: "the registry did not answer".to_owned() });
    }

    #[test]
    fn d11_what_was_named_by_its_digest_is_not_asked_for() {
        let pinned = format!("app:1@{}", digest('a'));
        let spec = spec(vec![
            component("web", &pinned),
            ComponentSpec::new(name("new"), ImageRef::parse("b").unwrap()),
        ]);
        assert!(spec.images_with_tags().is_empty());
        let found = spec.judge_tags(&Said::new(), |_| false);
        assert_eq!(found[0].tag, Tag::Pinned);
        assert!(matches!(&found[1].tag, Tag::NotKnown { why } if why.contains("not been resolved")));
    }

    #[test]
    fn d11_components_that_share_an_image_ask_once() {
        let spec = spec(vec![component("a", "app:1"), component("b", "app:1"), component("c", "app:2")]);
        assert_eq!(spec.images_with_tags().len(), 2);
    }

    #[test]
    fn d10_an_image_that_was_rolled_back_from_is_marked() {
        let spec = spec(vec![component("web", "app:1")]);
        let found = spec.judge_tags(&said("app:1", Ok('b')), |now| *now == digest('b'));
        assert!(matches!(found[0].tag, Tag::Moved { quarantined: true, .. }));
    }

    #[test]
    fn d11_only_the_named_components_get_their_new_image() {
        let before =
            spec(vec![component("web", "app:1"), component("api", "app:1"), carrier("bundle", "app:1")]);
        let after = before.clone().with_new_images(&[name("web"), name("bundle")], &said("app:1", Ok('b')));
        assert_eq!(after.components[0].digest(), Some(&digest('b')));
        assert_eq!(after.components[1], before.components[1]);
        let bundle = &after.components[2];
        assert_eq!((bundle.meant(), bundle.digest()), (Some(&digest('b')), None), "it is to be built anew");
    }
}
