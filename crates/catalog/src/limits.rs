//! How large a release may be. The numbers are far above what people model and far below what hurts the server.

/// Limits that hold for a folder and for a zip alike.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Files of a release.
    pub(crate) files: usize,
    /// Bytes of all its files together; a zip itself may not be larger either.
    pub(crate) bytes: u64,
    /// Bytes of a file that is parsed: JSON or XML.
    pub(crate) document: usize,
    /// Bytes of a manifest.
    pub(crate) manifest: usize,
    /// Parts of a path.
    pub(crate) depth: usize,
    /// Bytes of a path.
    pub(crate) path: usize,
    /// How many times larger a file may be than what it takes in a zip.
    pub(crate) ratio: u64,
}

impl Limits {
    /// What holds for a released project.
    pub(crate) const RELEASE: Self = Self {
        files: 10_000,
        bytes: 64 << 20,
        document: 4 << 20,
        manifest: 1 << 20,
        depth: 16,
        path: 512,
        ratio: 200,
    };
    /// A file this small may be compressed as well as it can: even deflate at its best does no harm.
    pub(crate) const RATIO_FREE: u64 = 1 << 20;
}
