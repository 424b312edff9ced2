use super::{FORMAT, Migration, StoreFile, rows_of};
use crate::engine::journal::changes::take;
use crate::engine::tables::{Alias, Tables};

fn tables() -> Tables {
    let mut tables = Tables::default();
    tables.aliases.insert("alias/a".to_owned(), Alias { key_id: "key-1".to_owned() });
    tables
}

fn key_of_alias(file: &StoreFile) -> Option<String> {
    let tables = file.load().expect("it is read");
    tables.aliases.get("alias/a").map(|alias| alias.key_id.clone())
}

#[test]
fn an_older_store_is_brought_to_the_new_format_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.redb");
    let mut file = StoreFile::open_with(&path, 1, &[]).expect("it is made");
    file.commit(7, take(&mut tables()).iter()).expect("it is written");
    drop(file);

    // A step that changes the prefix of key ids shows whether it runs twice.
    let rename: Migration = |transaction| {
        let mut table = transaction.open_table(rows_of("aliases"))?;
        let mut rows = Vec::new();
        for entry in redb::ReadableTable::iter(&table)? {
            let (key, row) = entry?;
            let row = String::from_utf8_lossy(row.value()).replace("key-", "key-new-");
            rows.push((key.value().to_vec(), row));
        }
        for (key, row) in rows {
            table.insert(&*key, row.as_bytes())?;
        }
        Ok(())
    };
    for _ in 0..2 {
        let file = StoreFile::open_with(&path, 2, &[rename]).expect("it is migrated");
        assert_eq!((key_of_alias(&file).as_deref(), file.last_number()), (Some("key-new-1"), 7));
    }
    let newer = StoreFile::open_with(&path, 1, &[]).err().expect("it is newer").to_string();
    assert!(newer.contains("the format 2") && newer.contains("store.redb"), "{newer}");
}

#[test]
fn a_step_that_fails_leaves_the_store_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.redb");
    let mut file = StoreFile::open_with(&path, 1, &[]).expect("it is made");
    file.commit(1, take(&mut tables()).iter()).expect("it is written");
    drop(file);
    let fail: Migration = |transaction| {
        transaction.open_table(rows_of("aliases"))?.retain(|_, _| false)?;
        Err(redb::Error::Corrupted("no".to_owned()))
    };
    StoreFile::open_with(&path, 2, &[fail]).err().expect("the step fails");
    let file = StoreFile::open_with(&path, 1, &[]).expect("it is as it was");
    assert_eq!(key_of_alias(&file).as_deref(), Some("key-1"));
}

#[test]
fn a_store_that_was_cut_off_is_named_as_damaged() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.redb");
    drop(StoreFile::open(&path).expect("it is made"));
    let whole = std::fs::read(&path).expect("a file");
    for length in [1, 8, 100, 320, 4096, whole.len() / 2] {
        std::fs::write(&path, &whole[..length]).expect("it is written");
        let error = StoreFile::open(&path).err().expect("it is cut off").to_string();
        assert!(error.contains("is damaged") && error.contains("restore it"), "{length}: {error}");
    }
}

#[test]
fn there_is_a_step_from_each_older_format() {
    assert_eq!(super::MIGRATIONS.len() as u64, FORMAT - 1);
}
