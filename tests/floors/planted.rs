//! Tests of the checks, with crates that exist in memory only.

use std::path::Path;

use crate::edges::{Edge, edges};
use crate::faults::{self, Fault};
use crate::tree::Crate;

/// The files of a crate: path and text.
type Files<'a> = &'a [(&'a str, &'a str)];

#[test]
fn a_name_from_a_floor_above_is_a_fault_unless_it_is_listed() {
    let files: Files<'_> = &[
        ("lib.rs", "mod ground;\nmod top;\npub use top::Top;"),
        ("ground.rs", "pub struct Ground;\nuse crate::Top;"),
        ("top.rs", "pub struct Top(crate::ground::Ground);"),
    ];
    let up = edge("ground.rs", "top.rs", &[("Top", 2)]);
    assert_eq!(find("ground\ntop", "", files), [backward(up, "ground", &[])]);
    assert_eq!(find("ground\ntop", "ground.rs -> top.rs # Top", files), []);
}

#[test]
fn rooms_of_one_floor_do_not_know_each_other() {
    let files: Files<'_> = &[
        ("lib.rs", "mod ground; mod left; mod right;"),
        ("ground.rs", ""),
        ("left.rs", "pub fn left() {}"),
        ("right.rs", "fn right() { crate::left::left(); }"),
    ];
    let across = edge("right.rs", "left.rs", &[("left", 1)]);
    let expected = [backward(across, "right", &["ground"])];
    assert_eq!(find("ground\nleft right", "", files), expected);
}

#[test]
fn a_circle_of_files_is_a_fault_until_an_edge_of_it_is_listed() {
    let files: Files<'_> = &[
        ("lib.rs", "mod a;"),
        ("a.rs", "mod b; mod c; mod user; pub struct A; use self::b::B;"),
        ("a/b.rs", "use super::c::C; pub struct B;"),
        ("a/c.rs", "use super::A; pub struct C;"),
        ("a/user.rs", "use super::A;"),
    ];
    let circle = vec![
        edge("a.rs", "a/b.rs", &[("B", 1)]),
        edge("a/b.rs", "a/c.rs", &[("C", 1)]),
        edge("a/c.rs", "a.rs", &[("A", 1)]),
    ];
    assert_eq!(find("a", "", files), [Fault::Circle(circle)]);
    assert_eq!(find("a", "a/c.rs -> a.rs", files), []);
}

#[test]
fn a_listed_edge_that_is_gone_or_breaks_nothing_is_a_fault() {
    let files: Files<'_> = &[
        ("lib.rs", "mod ground; mod top;"),
        ("ground.rs", "pub struct Ground;"),
        ("top.rs", "use crate::ground::Ground;"),
    ];
    for (from, to) in [("ground.rs", "top.rs"), ("top.rs", "ground.rs"), ("no.rs", "top.rs")] {
        let stale = Fault::Stale { from: from.to_owned(), to: to.to_owned() };
        assert_eq!(find("ground\ntop", &format!("{from} -> {to}"), files), [stale]);
    }
}

#[test]
fn each_file_has_a_room_and_each_room_a_file() {
    let files: Files<'_> =
        &[("lib.rs", "mod a; mod ab;"), ("a.rs", "mod b;"), ("a/b.rs", ""), ("ab.rs", "")];
    let no_room = Fault::NoRoom { file: "ab.rs".to_owned() };
    let no_file = Fault::NoFile { root: "lib.rs".to_owned(), room: "b".to_owned() };
    assert_eq!(find("a\na/b", "", files), [no_room]);
    assert_eq!(find("a ab\nb", "", files), [no_file]);
}

#[test]
fn a_module_may_stand_above_the_one_that_declares_it() {
    let files: Files<'_> = &[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod layer; pub use self::layer::Layer; pub struct A;"),
        ("a/layer.rs", "use super::A; use crate::b::B; pub struct Layer;"),
        ("b.rs", "use crate::a::A; pub struct B;"),
    ];
    assert_eq!(find("a\nb\na/layer", "", files), []);
}

#[test]
fn re_exports_are_followed_to_the_file_that_defines_the_name() {
    let front =
        "mod child; mod other; pub use child::*; pub(crate) use self::other::Other as Named;";
    let files: Files<'_> = &[
        ("lib.rs", "mod front; mod user; mod far; pub use self::front::{Named, Item};"),
        ("front.rs", front),
        ("front/child.rs", "pub struct Item; impl Item { pub fn new() {} }"),
        ("front/other.rs", "pub struct Other;"),
        ("user.rs", "use crate::{Item, Named as Mine};\nfn f() { Item::new(); }"),
        ("far.rs", "fn f() { crate::front::Item::new() }"),
    ];
    let expected = [
        edge("user.rs", "front/child.rs", &[("Item", 1)]),
        edge("user.rs", "front/other.rs", &[("Other", 1)]),
        edge("far.rs", "front/child.rs", &[("Item", 1)]),
    ];
    assert_eq!(edges_of(files), expected);
}

#[test]
fn a_re_export_is_no_use_unless_its_own_file_uses_the_name() {
    let files: Files<'_> = &[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod child; pub use child::{Used, Unused}; pub use crate::b::B;\nstruct A(Used);"),
        ("a/child.rs", "pub struct Used; pub struct Unused;"),
        ("b.rs", "pub struct B;"),
    ];
    assert_eq!(edges_of(files), [edge("a.rs", "a/child.rs", &[("Used", 2)])]);
}

#[test]
fn a_glob_uses_every_name() {
    let files: Files<'_> = &[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "mod child; pub use child::Child; pub struct A;"),
        ("a/child.rs", "pub struct Child;"),
        ("b.rs", "use crate::a::*;"),
    ];
    let expected = [edge("b.rs", "a.rs", &[("A", 1)]), edge("b.rs", "a/child.rs", &[("Child", 1)])];
    assert_eq!(edges_of(files), expected);
}

#[test]
fn paths_are_found_wherever_they_may_be_written() {
    let user = "
use crate::{names, names::deep::{self, Deep as D}};
struct S(crate::names::Field);
fn f(g: super::names::Argument) -> Option<names::Returned> {
    use self::inner::Local;
    if let names::Pattern::Case = g { names::call(); }
    <D as alibaba::names::Trait>::f(::alibaba::names::Global, deep::Deeper);
    debug!(%x, y = names::logged(), \"{}\", $crate::names::Macro::Case, z.names, self.names);
    <names::Qualified>::new()
}
mod inner { pub(in crate::names) use super::super::names::Up as Local; type T = Local; }
#[names::attribute] impl names::Implemented for names::Generic<names::Parameter> {}
";
    let names = "pub mod deep { pub struct Deep; pub struct Deeper; }";
    let root = "extern crate self as alibaba; mod names; mod user;";
    let found = edges_of(&[("lib.rs", root), ("names.rs", names), ("user.rs", user)]);
    let used: Vec<_> = found.iter().flat_map(|edge| edge.names.clone()).collect();
    let expected = [
        ("Argument", 4),
        ("Deep", 2),
        ("Deeper", 7),
        ("Field", 3),
        ("Generic", 12),
        ("Global", 7),
        ("Implemented", 12),
        ("Macro", 8),
        ("Parameter", 12),
        ("Pattern", 6),
        ("Qualified", 9),
        ("Returned", 4),
        ("Trait", 7),
        ("Up", 5),
        ("call", 6),
        ("logged", 8),
    ];
    assert_eq!(used, expected.map(|(name, line)| (name.to_owned(), line)));
}

#[test]
fn test_code_is_left_out() {
    let user = "
#[cfg(test)] mod tests;
#[cfg(test)] mod inline { use crate::a::A; }
#[cfg(all(test, unix))] use crate::a::A;
#[cfg(any(test, all(test, unix)))] fn f() { crate::a::f(); }
impl B { #[cfg(test)] fn f() { crate::a::f(); } }
";
    let root = "mod a; mod b; #[cfg(test)] mod test_support;";
    assert_eq!(edges_of(&[("lib.rs", root), ("a.rs", "pub struct A;"), ("b.rs", user)]), []);
    let also = "#[cfg(any(test, unix))] use crate::a::A; #[cfg(not(test))] use crate::a::B;";
    let expected = [edge("b.rs", "a.rs", &[("A", 1), ("B", 1)])];
    assert_eq!(edges_of(&[("lib.rs", "mod a; mod b;"), ("a.rs", ""), ("b.rs", also)]), expected);
}

#[test]
fn both_arms_of_a_cfg_are_read_and_files_found_where_the_compiler_finds_them() {
    let arms = "
#[cfg(unix)] pub mod arm;
#[cfg(not(unix))] #[path = \"../other.rs\"] pub mod arm;
pub mod inline { pub mod child; #[path = \"given.rs\"] pub mod named; }
";
    let files: Files<'_> = &[
        ("lib.rs", "mod a; mod user;"),
        ("a/mod.rs", arms),
        ("a/arm.rs", "pub fn f() {}"),
        ("other.rs", "mod below; pub use below::f;"),
        ("below.rs", "pub fn f() {}"),
        ("a/inline/child.rs", "pub fn f() {}"),
        ("a/inline/given.rs", "pub fn f() {}"),
        ("user.rs", "use crate::a::{arm::f, inline::child::f as g, inline::named::f as h};"),
    ];
    let to = ["a/arm.rs", "a/inline/child.rs", "a/inline/given.rs", "below.rs"];
    let mut found: Vec<_> = edges_of(files).into_iter().map(|edge| edge.to).collect();
    found.sort();
    assert_eq!(found, to);
}

#[test]
fn a_module_an_item_and_a_crate_may_share_a_name() {
    let files: Files<'_> = &[
        ("lib.rs", "mod a; mod user;"),
        ("a.rs", "mod pem; pub(crate) use self::pem::pem; use serde; use http::http;"),
        ("a/pem.rs", "pub fn pem() {}"),
        ("user.rs", "use crate::a::pem;"),
    ];
    let expected = [edge("user.rs", "a/pem.rs", &[("pem", 1)])];
    assert_eq!(edges_of(files), expected);
}

fn find(floors: &str, listed: &str, files: Files<'_>) -> Vec<Fault> {
    faults::find(&format!("[lib.rs]\n{floors}"), listed, &|path| read(files, path))
}

fn edges_of(files: Files<'_>) -> Vec<Edge> {
    edges(&Crate::read("lib.rs", &|path| read(files, path)))
}

fn read(files: Files<'_>, path: &Path) -> Option<String> {
    let mut files = files.iter();
    files.find(|(name, _)| Path::new(name) == path).map(|(_, text)| (*text).to_owned())
}

fn edge(from: &str, to: &str, names: &[(&str, usize)]) -> Edge {
    let names = names.iter().map(|(name, line)| ((*name).to_owned(), *line)).collect();
    Edge { from: from.to_owned(), to: to.to_owned(), names }
}

fn backward(edge: Edge, room: &str, below: &[&str]) -> Fault {
    let below = below.iter().map(|room| (*room).to_owned()).collect();
    Fault::Backward { edge, room: room.to_owned(), below }
}
