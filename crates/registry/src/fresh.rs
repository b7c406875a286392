//! An image that is built on nothing: its files are all there is in it. The same files make the same image.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use serde_json::{Value, json};
use slipway_domain::image::Digest;

use crate::{
    Layout,
    build::Built,
    layer::{Entry, Layer, Tree},
    manifest::{CONFIG, Descriptor, LAYER, MANIFEST, Manifest},
};

/// A file of an image, or a folder if its path ends in a slash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FreshFile {
    /// Where it is, from the root; without a slash in front.
    pub path: String,
    /// What is in it.
    pub content: Vec<u8>,
    /// Who may do what with it.
    pub mode: u32,
    /// The number of the user and of the group that it belongs to.
    pub owner: u32,
}

/// What an image is to be.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// Its layers, the lowest first.
    pub layers: Vec<Vec<FreshFile>>,
    /// What it runs on, as the format calls it: `amd64`.
    pub architecture: String,
    /// How it is run: the format's `config`, with keys such as `Entrypoint` and `User`.
    pub settings: BTreeMap<String, Value>,
}

/// An image that is in a layout.
#[derive(Debug, Clone)]
pub struct Made {
    pub(crate) built: Built,
}

impl Made {
    /// The digest by which it can be pulled.
    pub fn digest(&self) -> &Digest {
        &self.built.top.digest
    }

    /// How many bytes whoever pulls it has to fetch.
    pub fn size(&self) -> u64 {
        let parts = self
            .built
            .images
            .iter()
            .flat_map(|(_, manifest)| manifest.layers.iter().chain([&manifest.config]));
        self.built.top.size + parts.map(|part| part.size).sum::<u64>()
    }
}

impl Fresh {
    /// Makes it in a layout, under a name.
    pub fn make(&self, layout: &Layout, name: &str) -> io::Result<Made> {
        let layers: Vec<Layer> = self.layers.iter().map(|files| packed(files)).collect::<io::Result<_>>()?;
        let diff_ids: Vec<&Digest> = layers.iter().map(|layer| &layer.diff_id).collect();
        let config = serde_json::to_vec(&BTreeMap::from([
            ("architecture", json!(self.architecture)),
            ("os", json!("linux")),
            ("config", json!(self.settings)),
            ("rootfs", json!(BTreeMap::from([("diff_ids", json!(diff_ids)), ("type", json!("layers"))]))),
        ]))?;
        let manifest = Manifest {
            schema_version: 2,
            media_type: MANIFEST.to_owned(),
            config: Descriptor::of(CONFIG, &config),
            layers: layers.iter().map(|layer| Descriptor::of(LAYER, &layer.bytes)).collect(),
            annotations: BTreeMap::new(),
        };
        let text = serde_json::to_vec(&manifest)?;
        let top = Descriptor::of(MANIFEST, &text);
        for bytes in layers.iter().map(|layer| &layer.bytes).chain([&config, &text]) {
            layout.keep(bytes)?;
        }
        layout.name(name, top.digest.as_str(), top.clone())?;
        let platforms = BTreeSet::from([format!("linux/{}", self.architecture)]).into_iter().collect();
        Ok(Made { built: Built { images: vec![(top.clone(), manifest)], top, platforms } })
    }
}

fn packed(files: &[FreshFile]) -> io::Result<Layer> {
    let mut tree = Tree::default();
    for FreshFile { path, content, mode, owner } in files {
        tree.add(path, Entry { content, mode: *mode, owner: *owner })?;
    }
    tree.layer()
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn file(path: &str, content: &str, mode: u32) -> FreshFile {
        FreshFile { path: path.to_owned(), content: content.as_bytes().to_vec(), mode, owner: 0 }
    }

    fn image() -> Fresh {
        let data = FreshFile { owner: 10001, ..file("data/", "", 0o700) };
        Fresh {
            layers: vec![
                vec![file("etc/passwd", "slipway", 0o644), data],
                vec![file("usr/bin/slipway", "program", 0o755), file("a", "a", 0o644)],
            ],
            architecture: "amd64".to_owned(),
            settings: BTreeMap::from([
                ("User".to_owned(), json!("10001:10001")),
                ("Entrypoint".to_owned(), json!(["/usr/bin/slipway"])),
            ]),
        }
    }

    #[test]
    fn d24_the_same_files_make_the_same_image_in_any_order_and_at_any_place() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let first = image().make(&Layout::open(one.path()).unwrap(), "slipway:1").unwrap();
        let mut back = image();
        back.layers.iter_mut().for_each(|files| files.reverse());
        let again = back.make(&Layout::open(other.path()).unwrap(), "other:2").unwrap();
        assert_eq!(first.digest(), again.digest());
        let mut changed = image();
        changed.layers[1][0].mode = 0o644;
        let changed = changed.make(&Layout::open(other.path()).unwrap(), "other:3").unwrap();
        assert_ne!(first.digest(), changed.digest());
    }

    #[test]
    fn d24_owner_and_mode_are_those_that_were_asked_for_and_the_size_is_that_of_the_blobs() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        let made = image().make(&layout, "slipway:1").unwrap();
        let manifest = &made.built.images[0].1;
        let mut seen = Vec::new();
        for layer in &manifest.layers {
            let bytes = layout.blob(&layer.digest).unwrap();
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
            for entry in archive.entries().unwrap() {
                let mut entry = entry.unwrap();
                let path = entry.path().unwrap().to_string_lossy().into_owned();
                seen.push((path, entry.header().mode().unwrap(), entry.header().uid().unwrap()));
                entry.read_to_end(&mut Vec::new()).unwrap();
            }
        }
        let seen: Vec<_> = seen.iter().map(|(path, mode, owner)| (path.as_str(), *mode, *owner)).collect();
        let folder_of = |path| (path, 0o755, 0);
        assert_eq!(
            seen,
            [
                ("data/", 0o700, 10001),
                folder_of("etc/"),
                ("etc/passwd", 0o644, 0),
                ("a", 0o644, 0),
                folder_of("usr/"),
                folder_of("usr/bin/"),
                ("usr/bin/slipway", 0o755, 0),
            ]
        );
        let blobs = std::fs::read_dir(folder.path().join("blobs/sha256")).unwrap();
        let size: u64 = blobs.map(|blob| blob.unwrap().metadata().unwrap().len()).sum();
        assert_eq!(made.size(), size);
    }

    #[test]
    fn d24_what_leads_elsewhere_is_no_part_of_an_image() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path()).unwrap();
        for path in ["../x", "/etc/passwd", "a//b", ".wh.bin"] {
            let mut image = image();
            image.layers.push(vec![file(path, "", 0o644)]);
            assert!(image.make(&layout, "slipway:1").is_err(), "{path}");
        }
    }
}
