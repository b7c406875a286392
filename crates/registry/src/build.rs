//! Makes an image of a base and files: one more layer, and manifests that name it. Of the base only what describes
//! it is read; its layers stay where they are.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    sync::Arc,
};

use sha2::{Digest as _, Sha256};
use slipway_domain::{
    cause::Cause,
    image::ImageRef,
    ports::{ImageOrder, ImageProblem, PortError},
};

use crate::{
    Layout,
    bases::Bases,
    config::{Addition, amended, platform},
    layer::{Layer, layer},
    manifest::{CONFIG, Descriptor, Document, INDEX, Index, LAYER, MANIFEST, Manifest, is_image},
    refusal::{no_registry, unusable},
};

/// Changes whenever the same order makes another image than before, so that it is made anew.
const RECIPE: &str = "1";
const BASE_NAME: &str = "org.opencontainers.image.base.name";
const BASE_DIGEST: &str = "org.opencontainers.image.base.digest";

/// An image in the layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Built {
    /// What the image's tag is to mean: the index, or the only manifest.
    pub top: Descriptor,
    /// The manifests, one for each platform.
    pub images: Vec<(Descriptor, Manifest)>,
    /// What it runs on.
    pub platforms: Vec<String>,
}

impl Built {
    /// Reads it back; none if anything of it is missing.
    fn load(layout: &Layout, top: Descriptor) -> Option<Self> {
        let entries = match Document::parse(&layout.blob(&top.digest)?).ok()? {
            Document::Index(index) => index.manifests,
            Document::Manifest(_) => vec![top.clone()],
        };
        let (mut images, mut platforms) = (Vec::new(), BTreeSet::new());
        for entry in entries {
            let Ok(Document::Manifest(manifest)) = Document::parse(&layout.blob(&entry.digest)?) else {
                return None;
            };
            let config = serde_json::from_slice(&layout.blob(&manifest.config.digest)?).ok()?;
            platforms.insert(platform(&config)?);
            layout.blob(&manifest.layers.last()?.digest)?;
            images.push((entry, manifest));
        }
        Some(Self { top, images, platforms: platforms.into_iter().collect() })
    }

    /// The same, if all of it is still there; from now on nobody removes it for a while.
    fn held(self, layout: &Layout) -> io::Result<Option<Self>> {
        let parts = self.images.iter().flat_map(|(descriptor, manifest)| {
            [
                Some(&descriptor.digest),
                Some(&manifest.config.digest),
                manifest.layers.last().map(|l| &l.digest),
            ]
        });
        let all_there = layout.hold(parts.flatten().chain([&self.top.digest]))?;
        Ok(all_there.then_some(self))
    }
}

/// What an order is, as a digest: everything that the image depends on.
pub(crate) fn fingerprint(order: &ImageOrder) -> String {
    let mut files: Vec<_> = order.files.iter().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    let mut hash = Sha256::new();
    for part in [RECIPE, order.base.digest.as_str(), &base_name(&order.base.image), &order.folder] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    for file in files {
        hash.update((file.path.len() as u64).to_be_bytes());
        hash.update(&file.path);
        hash.update(Sha256::digest(&file.content));
    }
    format!("sha256:{}", hex::encode(hash.finalize()))
}

/// Builds it, or finds what was built before.
pub(crate) async fn build(bases: &Bases, order: &ImageOrder) -> Result<Built, ImageProblem> {
    let name = format!("{}:{}", order.repository, order.tag);
    let order_id = fingerprint(order);
    let (wanted, id) = (name.clone(), order_id.clone());
    let found = bases.kept(move |layout| {
        let found = layout.find(&wanted, &id)?.and_then(|top| Built::load(layout, top));
        found.map_or(Ok(None), |built| built.held(layout))
    });
    if let Some(built) = found.await?.ok_or_else(|| no_registry(&order.repository))? {
        return Ok(built);
    }
    let layer = make_layer(order).await?;
    let top = assemble(bases, order, &layer).await?;
    let built = bases.kept(move |layout| {
        layout.keep(&layer.bytes)?;
        layout.name(&name, &order_id, top.clone())?;
        Built::load(layout, top).ok_or_else(|| io::Error::other("what was just written is not there"))
    });
    let built = built.await?.ok_or_else(|| no_registry(&order.repository))?;
    tracing::info!(repository = %order.repository, tag = %order.tag, digest = %built.top.digest,
        "Built the image {}:{}", order.repository, order.tag);
    Ok(built)
}

async fn make_layer(order: &ImageOrder) -> Result<Layer, ImageProblem> {
    let (folder, files) = (order.folder.clone(), Arc::clone(&order.files));
    let made = tokio::task::spawn_blocking(move || layer(&folder, &files)).await;
    made.map_err(io::Error::other).and_then(|made| made).map_err(|error| {
        ImageProblem::Hopeless(
            Cause::new(
                "SLW_LAYER",
                format!("The files for {} cannot become a layer of an image.", order.repository),
                "Rename the file in the project and release it again.",
            )
            .with(error.to_string()),
        )
    })
}

/// The manifests of the image, kept in the layout.
async fn assemble(bases: &Bases, order: &ImageOrder, layer: &Layer) -> Result<Descriptor, ImageProblem> {
    let base = &order.base;
    let index = match bases.document(&base.image, &base.digest).await?.0 {
        Document::Manifest(manifest) => return extend(bases, order, layer, manifest).await,
        Document::Index(index) => index,
    };
    let mut manifests = Vec::new();
    for entry in index.manifests.iter().filter(|entry| is_image(&entry.media_type)) {
        if entry.platform.as_ref().is_some_and(|platform| platform.os != "linux") {
            continue;
        }
        let manifest = bases.manifest(&base.image, &entry.digest).await?;
        let mut descriptor = extend(bases, order, layer, manifest).await?;
        descriptor.platform.clone_from(&entry.platform);
        manifests.push(descriptor);
    }
    if manifests.is_empty() {
        return Err(unusable(&base.image, "the index has no image for linux"));
    }
    let (media_type, annotations) = (INDEX.to_owned(), annotations(order));
    keep(bases, INDEX, &Index { schema_version: 2, media_type, manifests, annotations }).await
}

/// One image of the base with the layer on top.
async fn extend(
    bases: &Bases,
    order: &ImageOrder,
    layer: &Layer,
    manifest: Manifest,
) -> Result<Descriptor, ImageProblem> {
    let image = &order.base.image;
    let config = bases.config(image, &manifest).await?;
    let mut manifest = manifest.into_oci().map_err(|problem| unusable(image, problem))?;
    let addition = Addition { diff_id: &layer.diff_id, folder: &order.folder, labels: annotations(order) };
    let config = amended(config, manifest.layers.len(), &addition);
    let config = config.map_err(|problem| unusable(image, problem))?;
    manifest.config = keep(bases, CONFIG, &config).await?;
    manifest.layers.push(Descriptor::of(LAYER, &layer.bytes));
    // What the base's manifest says about itself is not true of this one.
    manifest.annotations = annotations(order);
    keep(bases, MANIFEST, &manifest).await
}

fn annotations(order: &ImageOrder) -> BTreeMap<String, String> {
    BTreeMap::from([
        (BASE_NAME.to_owned(), base_name(&order.base.image)),
        (BASE_DIGEST.to_owned(), order.base.digest.to_string()),
    ])
}

/// The base by its tag; its digest stands beside it.
fn base_name(image: &ImageRef) -> String {
    ImageRef { digest: None, ..image.clone() }.to_string()
}

async fn keep(
    bases: &Bases,
    kind: &str,
    document: &impl serde::Serialize,
) -> Result<Descriptor, ImageProblem> {
    let bytes = serde_json::to_vec(document)
        .map_err(|error| ImageProblem::Passing(PortError::new("writing a manifest", error)))?;
    let descriptor = Descriptor::of(kind, &bytes);
    bases.kept(move |layout| layout.keep(&bytes)).await?;
    Ok(descriptor)
}
