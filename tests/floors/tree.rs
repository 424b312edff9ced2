//! The modules of a crate: what each declares, brings into scope and uses.

use std::collections::BTreeMap;

use crate::tokens::Path;

pub(crate) type FileId = usize;
pub(crate) type ModuleId = usize;

/// The root module, and the root file.
pub(crate) const ROOT: usize = 0;

#[derive(Default)]
pub(crate) struct Crate {
    /// The name from `extern crate self as …`.
    pub(crate) own_name: Option<String>,
    pub(crate) files: Vec<File>,
    pub(crate) modules: Vec<Module>,
}

pub(crate) struct File {
    /// Relative to the workspace's root.
    pub(crate) path: String,
    /// The path of its module, such as `client/stack`.
    pub(crate) module: String,
}

pub(crate) struct Module {
    pub(crate) file: FileId,
    pub(crate) parent: Option<ModuleId>,
    /// The meanings of each name in scope: several where namespaces or the arms of a `cfg` differ.
    pub(crate) names: BTreeMap<String, Vec<Meaning>>,
    /// The paths of glob imports and glob re-exports.
    pub(crate) globs: Vec<Path>,
    /// Every path in the module, except those of re-exports.
    pub(crate) uses: Vec<Use>,
}

pub(crate) enum Meaning {
    Module(ModuleId),
    /// An item of this file.
    Item(FileId),
    Import(Path),
}

pub(crate) struct Use {
    pub(crate) path: Path,
    pub(crate) line: usize,
    /// Whether this is a glob.
    pub(crate) is_glob: bool,
}
