//! What is known about the images of applications beside their configurations: what the registries said last, what
//! was rolled back from, and which images are in use at all.

use std::collections::BTreeSet;

use futures::TryStreamExt;
use slipway_domain::{
    ids::ApplicationId,
    image::Digest,
    moved::{CheckedImage, ImageCheck},
    ports::PortError,
    spec::ApplicationSpec,
};

use crate::{
    Store,
    rows::{failed, from_json, time, to_json},
};

impl Store {
    /// Keeps what the registries said, in place of what they said before.
    pub async fn keep_image_check(&self, id: ApplicationId, check: &ImageCheck) -> Result<(), PortError> {
        let query = "INSERT INTO image_checks (application_id, at, generation, found) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (application_id) DO UPDATE SET at = excluded.at, generation = excluded.generation, \
             found = excluded.found";
        sqlx::query(query)
            .bind(id.to_string())
            .bind(check.at.as_millisecond())
            .bind(i64::from(check.generation))
            .bind(to_json(&check.images)?)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("keeping what the registries said"))
    }

    /// What the registries said last, if that was about this generation.
    pub async fn image_check(
        &self,
        id: ApplicationId,
        generation: u32,
    ) -> Result<Option<ImageCheck>, PortError> {
        let query = "SELECT at, found FROM image_checks WHERE application_id = $1 AND generation = $2";
        let row: Option<(i64, String)> = sqlx::query_as(query)
            .bind(id.to_string())
            .bind(i64::from(generation))
            .fetch_optional(&self.pool)
            .await
            .map_err(failed("reading what the registries said"))?;
        let Some((at, found)) = row else { return Ok(None) };
        let images: Vec<CheckedImage> = from_json("found", &found)?;
        Ok(Some(ImageCheck { at: time(at)?, generation, images }))
    }

    /// The images that an application was rolled back from.
    pub async fn quarantined_images(&self, id: ApplicationId) -> Result<BTreeSet<Digest>, PortError> {
        let query = "SELECT digest FROM quarantined_images WHERE application_id = $1";
        let digests: Vec<String> = sqlx::query_scalar(query)
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading the quarantine"))?;
        Ok(digests.iter().filter_map(|digest| Digest::parse(digest).ok()).collect())
    }

    /// Every image that a generation of a live application runs, or that one of those was built on. A configuration
    /// that cannot be read is an error: what it needs is not known then.
    pub async fn images_in_use(&self) -> Result<BTreeSet<Digest>, PortError> {
        let query = "SELECT spec FROM generations JOIN applications ON applications.id = application_id \
             WHERE gone_at IS NULL";
        let failed = || failed("reading which images are in use");
        let mut rows = sqlx::query_scalar::<_, String>(query).fetch(&self.pool);
        let mut digests = BTreeSet::new();
        while let Some(text) = rows.try_next().await.map_err(failed())? {
            let spec: ApplicationSpec = from_json("spec", &text)?;
            let known =
                spec.components.into_iter().flat_map(|component| [component.resolved, component.base]);
            digests.extend(known.flatten().map(|resolved| resolved.digest));
        }
        Ok(digests)
    }
}
