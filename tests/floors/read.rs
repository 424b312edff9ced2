//! Reads a crate, from its root file to all files that its `mod` items name.

use std::mem;
use std::path::{Component, Path as FilePath, PathBuf};

use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ImplItem, Item, ItemMod, ItemUse, UseTree, Visibility};

use crate::attributes::{given_path, is_test_only};
use crate::tokens::{self, Path};
use crate::tree::{Crate, File, FileId, Meaning, Module, ModuleId, ROOT, Use};

/// Returns the text of a file of the workspace, if it exists.
pub(crate) type Read<'a> = &'a dyn Fn(&FilePath) -> Option<String>;

impl Crate {
    /// Reads the crate of this root file.
    ///
    /// # Panics
    ///
    /// If a module has no file, or a file is not Rust.
    pub(crate) fn read(root: &str, read: Read<'_>) -> Self {
        let path = PathBuf::from(root);
        let folder = folder_of(&path);
        let mut reader =
            Reader { read, tree: Self::default(), module: ROOT, folder: folder.clone() };
        reader.enter_file(path, String::new(), folder);
        reader.tree
    }
}

struct Reader<'a> {
    read: Read<'a>,
    tree: Crate,
    /// The module whose items are being read.
    module: ModuleId,
    /// Where the files of the module's children are.
    folder: PathBuf,
}

impl Reader<'_> {
    fn enter_file(&mut self, path: PathBuf, module: String, folder: PathBuf) -> Option<ModuleId> {
        let shown = path.display().to_string();
        let text = (self.read)(&path).unwrap_or_else(|| panic!("{shown} is missing"));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{shown}: {error}"));
        if is_test_only(&parsed.attrs) {
            return None;
        }
        self.tree.files.push(File { path: shown, module });
        Some(self.enter(self.tree.files.len() - 1, folder, &parsed.items))
    }

    fn enter(&mut self, file: FileId, folder: PathBuf, items: &[Item]) -> ModuleId {
        let id = self.tree.modules.len();
        let parent = (id != ROOT).then_some(self.module);
        let (names, globs, uses) = Default::default();
        self.tree.modules.push(Module { file, parent, names, globs, uses });
        let outer = (mem::replace(&mut self.module, id), mem::replace(&mut self.folder, folder));
        items.iter().for_each(|item| self.visit_item(item));
        (self.module, self.folder) = outer;
        id
    }

    fn here(&mut self) -> &mut Module {
        &mut self.tree.modules[self.module]
    }

    fn name(&mut self, name: &Ident, meaning: Meaning) {
        self.here().names.entry(name.to_string()).or_default().push(meaning);
    }

    fn used(&mut self, path: Path, line: usize) {
        self.here().uses.push(Use { path, line, is_glob: false });
    }

    fn read_mod(&mut self, item: &ItemMod) {
        let name = item.ident.to_string();
        let (file, children) = (self.here().file, self.folder.join(&name));
        let module = match &item.content {
            Some((_, items)) => Some(self.enter(file, children, items)),
            None => {
                let (path, children) = self.find_file(item, children);
                let module = match &*self.tree.files[file].module {
                    "" => name,
                    parent => format!("{parent}/{name}"),
                };
                self.enter_file(path, module, children)
            }
        };
        if let Some(module) = module {
            self.name(&item.ident, Meaning::Module(module));
        }
    }

    /// Returns the file of a module, and the folder of its children.
    fn find_file(&mut self, item: &ItemMod, children: PathBuf) -> (PathBuf, PathBuf) {
        let file = self.here().file;
        let is_inline =
            self.here().parent.is_some_and(|parent| self.tree.modules[parent].file == file);
        if let Some(given) = given_path(&item.attrs) {
            let own = FilePath::new(&self.tree.files[file].path);
            let base = if is_inline { self.folder.clone() } else { folder_of(own) };
            let path = without_dots(&base.join(given));
            let children = folder_of(&path);
            return (path, children);
        }
        let nested = children.join("mod.rs");
        match (self.read)(&nested) {
            Some(_) => (nested, children),
            None => (children.with_extension("rs"), children),
        }
    }

    fn read_use(&mut self, item: &ItemUse) {
        let prefix = item.leading_colon.as_ref().map(|_| String::new());
        let is_private = matches!(item.vis, Visibility::Inherited);
        self.read_use_tree(&item.tree, prefix.into_iter().collect(), is_private);
    }

    fn read_use_tree(&mut self, tree: &UseTree, mut path: Path, is_private: bool) {
        let (ident, name) = match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                return self.read_use_tree(&tree.tree, path, is_private);
            }
            UseTree::Group(group) => {
                let trees = group.items.iter();
                return trees.for_each(|tree| self.read_use_tree(tree, path.clone(), is_private));
            }
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                if is_private {
                    self.here().uses.push(Use { path: path.clone(), line, is_glob: true });
                }
                return self.here().globs.push(path);
            }
            UseTree::Name(tree) => (&tree.ident, &tree.ident),
            UseTree::Rename(tree) => (&tree.ident, &tree.rename),
        };
        let of_group = path.last().cloned();
        if ident != "self" {
            path.push(ident.to_string());
        }
        let name = match of_group {
            Some(last) if name == "self" => Ident::new(&last, name.span()),
            _ => name.clone(),
        };
        if is_private {
            self.used(path.clone(), ident.span().start().line);
        }
        self.name(&name, Meaning::Import(path));
    }
}

impl<'ast> Visit<'ast> for Reader<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = head(item);
        if is_test_only(attributes) {
            return;
        }
        match item {
            Item::Use(item) => return self.read_use(item),
            Item::Mod(item) => return self.read_mod(item),
            Item::ExternCrate(item) if item.ident == "self" => {
                self.tree.own_name = item.rename.as_ref().map(|(_, name)| name.to_string());
            }
            _ => {}
        }
        if let Some(name) = name {
            let file = self.here().file;
            self.name(name, Meaning::Item(file));
            if attributes.iter().any(|attribute| attribute.path().is_ident("macro_export")) {
                let root = &mut self.tree.modules[ROOT].names;
                root.entry(name.to_string()).or_default().push(Meaning::Item(file));
            }
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = match item {
            ImplItem::Const(item) => &item.attrs,
            ImplItem::Fn(item) => &item.attrs,
            ImplItem::Type(item) => &item.attrs,
            ImplItem::Macro(item) => &item.attrs,
            _ => return,
        };
        if !is_test_only(attributes) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let global = path.leading_colon.as_ref().map(|_| String::new());
        let names = path.segments.iter().map(|segment| segment.ident.to_string());
        let line = path.segments.first().map_or(0, |first| first.ident.span().start().line);
        self.used(global.into_iter().chain(names).collect(), line);
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        for (path, line) in tokens::paths(call.tokens.clone()) {
            self.used(path, line);
        }
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}

/// Returns an item's attributes, and the name that it defines.
fn head(item: &Item) -> (&[Attribute], Option<&Ident>) {
    match item {
        Item::Const(item) => (&item.attrs, Some(&item.ident)),
        Item::Enum(item) => (&item.attrs, Some(&item.ident)),
        Item::Fn(item) => (&item.attrs, Some(&item.sig.ident)),
        Item::Macro(item) => (&item.attrs, item.ident.as_ref()),
        Item::Static(item) => (&item.attrs, Some(&item.ident)),
        Item::Struct(item) => (&item.attrs, Some(&item.ident)),
        Item::Trait(item) => (&item.attrs, Some(&item.ident)),
        Item::TraitAlias(item) => (&item.attrs, Some(&item.ident)),
        Item::Type(item) => (&item.attrs, Some(&item.ident)),
        Item::Union(item) => (&item.attrs, Some(&item.ident)),
        Item::ExternCrate(item) => (&item.attrs, None),
        Item::Impl(item) => (&item.attrs, None),
        Item::Mod(item) => (&item.attrs, None),
        Item::Use(item) => (&item.attrs, None),
        _ => (&[], None),
    }
}

fn folder_of(path: &FilePath) -> PathBuf {
    path.parent().unwrap_or(FilePath::new("")).to_path_buf()
}

fn without_dots(path: &FilePath) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            other => plain.push(other),
        }
    }
    plain
}
