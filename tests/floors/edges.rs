//! Which file uses which: each path, followed to the file that defines the name.

use std::collections::BTreeMap;
use std::ptr;

use crate::tokens::Path;
use crate::tree::{Crate, FileId, Meaning, ModuleId, ROOT};

/// The names of one file that another file uses.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Edge {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Each with the first line that uses it.
    pub(crate) names: BTreeMap<String, usize>,
}

/// Returns the edges between the files of a crate.
///
/// The root file is left out: what it defines may be used everywhere, and it may use everything.
pub(crate) fn edges(tree: &Crate) -> Vec<Edge> {
    let mut edges = BTreeMap::<(FileId, FileId), BTreeMap<String, usize>>::new();
    for (id, module) in tree.modules.iter().enumerate() {
        for usage in &module.uses {
            let mut search = Search { tree, open: Vec::new() };
            let mut found = search.resolve(id, &usage.path);
            if usage.is_glob {
                found = search.expand(found);
            }
            for target in found {
                let Target::Name(file, name) = target else { continue };
                if file != module.file && file != ROOT && module.file != ROOT {
                    let line = edges.entry((module.file, file)).or_default().entry(name);
                    let line = line.or_insert(usage.line);
                    *line = usage.line.min(*line);
                }
            }
        }
    }
    let path = |file: FileId| tree.files[file].path.clone();
    let edges = edges.into_iter();
    edges.map(|((from, to), names)| Edge { from: path(from), to: path(to), names }).collect()
}

enum Target {
    Module(ModuleId),
    /// A name, and the file that defines it.
    Name(FileId, String),
}

struct Search<'a> {
    tree: &'a Crate,
    /// The imports that are being followed, and for which name: `use serde;` may lead to itself.
    open: Vec<(&'a Path, String)>,
}

impl<'a> Search<'a> {
    /// Returns what a path means in a module. A path out of the crate means nothing.
    fn resolve(&mut self, module: ModuleId, path: &[String]) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else { return vec![Target::Module(ROOT)] };
        let (start, rest) = match &**first {
            "" => match rest.split_first() {
                Some((name, rest)) if self.is_own(name) => (vec![Target::Module(ROOT)], rest),
                _ => return Vec::new(),
            },
            "crate" => (vec![Target::Module(ROOT)], rest),
            "self" | "super" => (self.step(vec![Target::Module(module)], first), rest),
            name => match self.look_up(module, name) {
                found if found.is_empty() && self.is_own(name) => {
                    (vec![Target::Module(ROOT)], rest)
                }
                found => (found, rest),
            },
        };
        rest.iter().fold(start, |found, segment| self.step(found, segment))
    }

    /// Replaces each module by all names in it.
    fn expand(&mut self, found: Vec<Target>) -> Vec<Target> {
        let found = found.into_iter().flat_map(|target| match target {
            Target::Module(id) => {
                let names = self.tree.modules[id].names.keys();
                names.flat_map(|name| self.look_up(id, name)).collect()
            }
            name => vec![name],
        });
        found.collect()
    }

    /// Follows one segment. What is inside an item belongs to the item's file.
    fn step(&mut self, found: Vec<Target>, segment: &str) -> Vec<Target> {
        let is_module = |target: &Target| match target {
            Target::Module(id) => Some(*id),
            Target::Name(..) => None,
        };
        let modules: Vec<_> = found.iter().filter_map(is_module).collect();
        if modules.is_empty() {
            return found;
        }
        let mut next = Vec::new();
        for id in modules {
            let module = &self.tree.modules[id];
            match segment {
                "self" => next.push(Target::Module(id)),
                "super" => next.extend(module.parent.map(Target::Module)),
                name => match self.look_up(id, name) {
                    // The module re-exports it from another crate, or a macro defines it.
                    found if found.is_empty() => {
                        next.push(Target::Name(module.file, name.to_owned()))
                    }
                    found => next.extend(found),
                },
            }
        }
        next
    }

    /// Returns what a name means in a module's scope.
    fn look_up(&mut self, id: ModuleId, name: &str) -> Vec<Target> {
        let module = &self.tree.modules[id];
        let Some(meanings) = module.names.get(name) else {
            let globs = module.globs.iter();
            return globs.flat_map(|glob| self.follow_glob(id, glob, name)).collect();
        };
        let meant = meanings.iter().flat_map(|meaning| match meaning {
            Meaning::Module(id) => vec![Target::Module(*id)],
            Meaning::Item(file) => vec![Target::Name(*file, name.to_owned())],
            Meaning::Import(path) => self.once(path, name, |search| search.resolve(id, path)),
        });
        meant.collect()
    }

    fn follow_glob(&mut self, id: ModuleId, glob: &'a Path, name: &str) -> Vec<Target> {
        self.once(glob, name, |search| {
            let found = search.resolve(id, glob).into_iter();
            let found = found.flat_map(|target| match target {
                Target::Module(id) => search.look_up(id, name),
                Target::Name(..) => Vec::new(),
            });
            found.collect()
        })
    }

    fn once(
        &mut self,
        import: &'a Path,
        name: &str,
        follow: impl FnOnce(&mut Self) -> Vec<Target>,
    ) -> Vec<Target> {
        if self.open.iter().any(|(open, of)| ptr::eq(*open, import) && of == name) {
            return Vec::new();
        }
        self.open.push((import, name.to_owned()));
        let found = follow(self);
        self.open.pop();
        found
    }

    fn is_own(&self, name: &str) -> bool {
        self.tree.own_name.as_deref() == Some(name)
    }
}
