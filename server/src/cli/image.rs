//! The program packs itself: an image of it, the libraries that it runs with, and the certificates that it believes.
//! Nothing else is in it: no shell, no package manager.

mod program;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::{Value, json};
use slipway_domain::{
    image::ImageRef,
    ports::{ImageProblem, chain},
};
use slipway_registry::{Credentials, Fresh, FreshFile, Layout, Made, Remote, Target};

use crate::web;

/// Whoever runs in the container: nobody who is known anywhere else.
const USER: u32 = 10001;
const PROGRAM: &str = "usr/bin/slipway";

/// What becomes of the image.
#[derive(Debug, Args)]
pub struct ImageArgs {
    /// The folder that the image is written to, in the format of OCI
    #[arg(long, default_value = "target/image", value_name = "FOLDER")]
    layout: PathBuf,
    /// The name of the image in that folder
    #[arg(long, default_value = concat!("slipway:", env!("CARGO_PKG_VERSION")))]
    name: String,
    /// Where to push it as well: [http://]host[:port]/repository[:tag]
    #[arg(long, value_name = "IMAGE")]
    push: Option<String>,
    /// A file with credentials for registries, in the format of docker's config.json
    #[arg(long, env = "SLIPWAY_REGISTRY_CREDENTIALS", value_name = "FILE")]
    credentials: Option<PathBuf>,
    /// The certificate authorities that it believes
    #[arg(long, default_value = "/etc/ssl/certs/ca-certificates.crt", value_name = "FILE")]
    certificates: PathBuf,
    /// A folder of this machine that is part of it, and where: examples/releases:/releases
    #[arg(long = "add", value_name = "FOLDER:PATH")]
    added: Vec<String>,
}

impl ImageArgs {
    /// Makes it, and pushes it if that is asked for.
    pub async fn run(self) -> anyhow::Result<()> {
        // What cannot be pushed later is said before the work.
        let place = self.push.as_deref().map(destination).transpose()?;
        let credentials = self.credentials.as_deref().map(read_credentials).transpose()?.unwrap_or_default();
        let layout = Layout::open(&self.layout)
            .with_context(|| format!("the folder {} cannot be written to", self.layout.display()))?;
        let made = self.fresh()?.make(&layout, &self.name)?;
        println!("{} {} {}", self.name, made.digest(), size(&made));
        if let Some((target, image)) = place {
            let remote = Remote::new(web::patient_client()?, None);
            let remote = remote.building_in(layout, Some(target)).with_credentials(credentials);
            remote.send(&made, &image).await.map_err(told)?;
            println!("pushed to {image}");
        }
        Ok(())
    }

    fn fresh(&self) -> anyhow::Result<Fresh> {
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        let mut layers = vec![self.surroundings()?];
        for added in &self.added {
            let (folder, path) = added.split_once(':').context("--add wants FOLDER:PATH")?;
            let mut files = Vec::new();
            collect(Path::new(folder), path.trim_matches('/'), &mut files)
                .with_context(|| format!("the folder {folder} cannot be read"))?;
            layers.push(files);
        }
        let program = std::env::current_exe().and_then(fs::read).context("this program cannot be read")?;
        layers.push(vec![file(PROGRAM, program, 0o755)]);
        Ok(Fresh { layers, architecture: architecture.to_owned(), settings: settings() })
    }

    /// What the program finds around it.
    fn surroundings(&self) -> anyhow::Result<Vec<FreshFile>> {
        let certificates = fs::read(&self.certificates).with_context(|| {
            let path = self.certificates.display();
            format!("the certificates {path} cannot be read; install ca-certificates, or name others with --certificates")
        })?;
        let folder = |path: &str, mode| FreshFile { owner: USER, ..file(path, Vec::new(), mode) };
        let passwd = format!("slipway:x:{USER}:{USER}::/data:/usr/sbin/nologin\n");
        let mut files = program::libraries().context("the libraries of this program cannot be read")?;
        files.extend([
            file("etc/ssl/certs/ca-certificates.crt", certificates, 0o644),
            file("etc/passwd", passwd.into_bytes(), 0o644),
            file("etc/group", format!("slipway:x:{USER}:\n").into_bytes(), 0o644),
            // Names of this pod and its neighbours first, as everywhere.
            file("etc/nsswitch.conf", b"hosts: files dns\n".to_vec(), 0o644),
            folder("data/", 0o700),
            folder("releases/", 0o755),
            file("tmp/", Vec::new(), 0o1777),
        ]);
        Ok(files)
    }
}

pub(super) fn file(path: &str, content: Vec<u8>, mode: u32) -> FreshFile {
    FreshFile { path: path.trim_start_matches('/').to_owned(), content, mode, owner: 0 }
}

/// How the C library keeps memory, which it only reads at the start: one heap for all threads, because each of its own
/// keeps room for what is over. To give back at once whatever is large would cost two milliseconds of every page.
pub const HEAP: [(&str, &str); 1] = [("MALLOC_ARENA_MAX", "1")];

fn settings() -> BTreeMap<String, Value> {
    let places = [
        ("SLIPWAY_ADDR", "0.0.0.0:3000"),
        ("SLIPWAY_DATA_DIR", "/data"),
        ("SLIPWAY_RELEASES_DIR", "/releases"),
    ];
    let environment: Vec<_> =
        places.iter().chain(&HEAP).map(|(name, value)| format!("{name}={value}")).collect();

    let entries = [
        ("Cmd", json!(["serve"])),
        ("Entrypoint", json!([format!("/{PROGRAM}")])),
        ("Env", json!(environment)),
        ("ExposedPorts", json!({ "3000/tcp": {} })),
        ("Labels", json!({ "org.opencontainers.image.version": env!("CARGO_PKG_VERSION") })),
        ("StopSignal", json!("SIGTERM")),
        ("User", json!(format!("{USER}:{USER}"))),
        ("Volumes", json!({ "/data": {} })),
        ("WorkingDir", json!("/")),
    ];
    entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// A folder with all that is in it. Links are what they lead to.
fn collect(folder: &Path, path: &str, files: &mut Vec<FreshFile>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let place = entry?.path();
        let path = format!("{path}/{}", place.file_name().unwrap_or_default().to_string_lossy());
        if place.is_dir() {
            collect(&place, &path, files)?;
        } else {
            files.push(file(&path, fs::read(&place)?, 0o644));
        }
    }
    Ok(())
}

/// Where an image is to go: the registry, and the image in it.
fn destination(text: &str) -> anyhow::Result<(Target, ImageRef)> {
    let (scheme, rest) = text.split_once("://").map_or(("https", text), |(scheme, rest)| (scheme, rest));
    let image = ImageRef::parse(rest).with_context(|| format!("{text:?} is not an image"))?;
    if !rest.starts_with(&image.registry) || image.digest.is_some() {
        bail!("{text:?} is not a place for an image; write host[:port]/repository:tag");
    }
    let target = Target::parse(&format!("{scheme}://{}", image.registry))?;
    Ok((target, image))
}

fn read_credentials(path: &Path) -> anyhow::Result<Credentials> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok(Credentials::parse(&text)?)
}

fn told(problem: ImageProblem) -> anyhow::Error {
    match problem {
        ImageProblem::Hopeless(cause) => {
            anyhow::anyhow!("{} {} {}", cause.reason, cause.action, cause.evidence.join("; "))
        }
        ImageProblem::Passing(error) => anyhow::anyhow!("the image cannot be pushed: {}", chain(&error)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "a size that a person reads")]
fn size(made: &Made) -> String {
    format!("{:.1} MB", made.size() as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d24_where_an_image_goes_is_written_whole_and_without_tls_only_if_it_says_so() {
        let (target, image) = destination("http://10.0.0.2:5000/slipway:1.0").unwrap();
        assert!(target.plain_http);
        assert_eq!(image.to_string(), "10.0.0.2:5000/slipway:1.0");
        assert!(!destination("registry.example.com/ops/slipway:1").unwrap().0.plain_http);
        for text in ["slipway", "slipway:1", "ftp://registry.example.com/a:1"] {
            assert!(destination(text).is_err(), "{text}");
        }
    }

    /// The test's own program is packed as the real one would be: what it is, is not the question here.
    #[tokio::test]
    async fn d24_the_program_packs_itself_twice_into_the_same_image() {
        let folder = tempfile::tempdir().unwrap();
        let releases = folder.path().join("releases");
        fs::create_dir_all(releases.join("shop/1")).unwrap();
        fs::write(releases.join("shop/1/a.bpmn"), "<a/>").unwrap();
        fs::write(folder.path().join("ca.crt"), "believed").unwrap();
        let fresh = |layout: &str| {
            let args = ImageArgs {
                layout: folder.path().join(layout),
                name: "slipway:test".to_owned(),
                push: None,
                credentials: None,
                certificates: folder.path().join("ca.crt"),
                added: vec![format!("{}:/releases", releases.display())],
            };
            let fresh = args.fresh().unwrap();
            // Compressing a whole test program takes long and shows nothing.
            let mut small = fresh.clone();
            for file in small.layers.iter_mut().flatten() {
                file.content.truncate(4096);
            }
            let made = small.make(&Layout::open(args.layout).unwrap(), &args.name).unwrap();
            (fresh, made.digest().clone())
        };
        let ((fresh, one), (_, other)) = (fresh("one"), fresh("other"));
        assert_eq!(one, other);
        let files: Vec<&FreshFile> = fresh.layers.iter().flatten().collect();
        let find = |path: &str| files.iter().find(|file| file.path == path).copied();
        assert_eq!(find("releases/shop/1/a.bpmn").unwrap().content, b"<a/>");
        assert_eq!(find("etc/ssl/certs/ca-certificates.crt").unwrap().content, b"believed");
        assert_eq!((find("data/").unwrap().owner, find("data/").unwrap().mode), (USER, 0o700));
        assert_eq!(find(PROGRAM).unwrap().mode, 0o755);
        assert!(
            files
                .iter()
                .filter(|file| !file.path.starts_with("data"))
                .all(|file| file.mode & 0o022 == 0 || file.path == "tmp/")
        );
        assert_eq!(fresh.settings["User"], json!("10001:10001"));
        if cfg!(target_env = "gnu") {
            assert!(files.iter().any(|file| file.path.ends_with("/libc.so.6") && file.mode == 0o755));
            assert!(files.iter().any(|file| file.path.contains("/ld-linux")), "who loads them is there");
        }
    }
}
