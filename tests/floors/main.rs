//! Checks the order of floors: which module may use which.
//!
//! `floors.txt` lists the rooms of each crate from the ground up. A file may use its own room and
//! the floors below, and the files of a crate must not form a circle. `backward.txt` lists today's
//! exceptions. The test fails on a new one, and on a listed one that is gone, so the list only gets
//! shorter.
//!
//! Every path is followed to the file that defines the name, through re-exports, globs and both
//! arms of a `cfg`, in code and in the tokens of macros. A re-export is not a use; using its name
//! is. Test code is skipped. What has no path is not seen: methods, implementations of traits, and
//! what only the output of a macro contains.

mod attributes;
mod circles;
mod edges;
mod faults;
mod plan;
mod planted;
mod read;
mod tokens;
mod tree;
