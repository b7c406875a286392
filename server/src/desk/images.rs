//! Tags that have moved (D11): the registries are asked on request, and an update may take what they mean now.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use slipway_app::desk::{DeskError, NewImagesForm};
use slipway_domain::{
    image::{ImageRef, Resolved},
    moved::{CheckedImage, ImageCheck, Said, Tag},
    names::{ApplicationName, ComponentName},
    operation::Kind,
    order::FieldError,
    ports::ImageProblem,
    spec::ApplicationSpec,
};
use slipway_store::Change;

use super::{SignedIn, changes::refused, unavailable};

/// How long somebody who has pressed a button waits for a registry.
const PATIENCE: Duration = Duration::from_secs(10);
/// How many images are asked for at once.
const AT_ONCE: usize = 4;

impl SignedIn {
    /// Asks the registries, and keeps what they said.
    pub(super) async fn look_at_tags(&self, name: &ApplicationName) -> Result<ImageCheck, DeskError> {
        let spec = self.present(name).await?;
        let (check, _) = self.ask_about(&spec).await?;
        let kept = self.office.store.keep_image_check(spec.id, &check).await;
        kept.map_err(|error| unavailable(&error)).map(|()| check)
    }

    /// Asks for a generation with what the tags of some components mean at this moment.
    pub(super) async fn place_new_images(&self, form: &NewImagesForm) -> Result<(), DeskError> {
        let missing = || DeskError::NotFound { what: format!("No application is called {:?}.", form.name) };
        let name = ApplicationName::parse(&form.name).map_err(|_| missing())?;
        self.once(&form.idempotency_key, self.take_new_of(&name, form)).await.map(drop)
    }

    async fn take_new_of(
        &self,
        name: &ApplicationName,
        form: &NewImagesForm,
    ) -> Result<ApplicationName, DeskError> {
        let present = self.present(name).await?;
        let (check, said) = self.ask_about(&present).await?;
        let chosen = chosen(form, &check.images)?;
        let spec = present.again(present.generation + 1).with_new_images(&chosen, &said);
        // The release is the one that runs; the images were looked at above.
        let change = Change {
            spec: &spec,
            kind: Kind::Update,
            even_quarantined: true,
            idempotency_key: &form.idempotency_key,
        };
        let asked = self.office.store.change(&change, &self.asked()).await;
        self.changed(name, asked).await
    }

    async fn ask_about(&self, spec: &ApplicationSpec) -> Result<(ImageCheck, Said), DeskError> {
        let asked = spec.images_with_tags().into_iter().map(|image| self.ask(image));
        let said: Said = stream::iter(asked).buffer_unordered(AT_ONCE).collect().await;
        let quarantined = self.office.store.quarantined_images(spec.id).await;
        let quarantined = quarantined.map_err(|error| unavailable(&error))?;
        let images = spec.judge_tags(&said, |digest| quarantined.contains(digest));
        let check = ImageCheck { at: self.office.clock.now(), generation: spec.generation, images };
        Ok((check, said))
    }

    /// What an image is now, or why that is not known, in the registry's words.
    async fn ask(&self, image: ImageRef) -> (ImageRef, Result<Resolved, String>) {
        let answer = tokio::time::timeout(PATIENCE, self.office.images.resolve(&image)).await;
        let answer = match answer {
            Ok(Ok(resolved)) => Ok(resolved),
            Ok(Err(ImageProblem::Hopeless(cause))) => {
                Err([cause.reason, cause.evidence.join(" ")].join(" ").trim_end().to_owned())
            }
            Ok(Err(ImageProblem::Passing(error))) => Err(error.chain()),
            Err(_) => Err(format!("The registry did not answer within {} seconds.", PATIENCE.as_secs())),
        };
        (image, answer)
    }
}

/// The components that get their new image: those that were named, or all whose tag has moved.
fn chosen(form: &NewImagesForm, images: &[CheckedImage]) -> Result<Vec<ComponentName>, DeskError> {
    let wrong = |message: String| DeskError::Invalid { fields: vec![FieldError::new("components", message)] };
    for name in &form.components {
        match images.iter().find(|image| image.component.as_str() == name).map(|image| &image.tag) {
            None => return Err(wrong(format!("There is no component {name:?}."))),
            Some(Tag::Moved { .. }) => {}
            Some(Tag::NotKnown { why }) => {
                return Err(refused(&format!("What the tag of {name} means now is not known: {why}")));
            }
            Some(Tag::Same { .. } | Tag::Pinned) => {
                return Err(refused(&format!(
                    "The tag of {name} has not moved; there is nothing new to take."
                )));
            }
        }
    }
    let is_chosen = |image: &&CheckedImage| {
        form.components.is_empty() || form.components.iter().any(|name| name == image.component.as_str())
    };
    let mut chosen = Vec::new();
    for image in images.iter().filter(is_chosen) {
        let Tag::Moved { quarantined, .. } = &image.tag else { continue };
        if *quarantined && !form.even_quarantined {
            return Err(DeskError::Refused {
                code: "SLW_QUARANTINED".to_owned(),
                message: format!(
                    "The application was rolled back from the image that the tag of {} means now. Say that you want it all the same.",
                    image.component
                ),
            });
        }
        chosen.push(image.component.clone());
    }
    if chosen.is_empty() {
        return Err(refused("No tag has moved; there is nothing new to take."));
    }
    Ok(chosen)
}
