use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::Clock;
use secrecy::ExposeSecret as _;
use tokio::sync::watch;

use super::Journal;
use super::progress::Progress;
use crate::engine::spec::Origin;
use crate::engine::wrap::wrap;
use crate::engine::{
    BlobParts, Config, Engine, Fault, KeySpec, Message, NewKey, NewSecret, NewSecretVersion,
    ResourceType, SecretDataType, SigningAlgorithm, TagPair, VersionSelector, WrappingAlgorithm,
};

/// 2026-11-23T08:00:00Z.
const START: u64 = 1_795_420_800;

fn open(folder: &Path) -> Result<Engine, String> {
    let config = Config {
        region: "cn-hangzhou".to_owned(),
        account_id: "123456".to_owned(),
        clock: Clock::fixed(SystemTime::UNIX_EPOCH + Duration::from_secs(START)),
    };
    Engine::open(config, &folder.join("store.redb")).map_err(|error| error.to_string())
}

/// Opens an engine, runs `run` on it and closes it.
fn with<T>(folder: &Path, run: impl FnOnce(&Engine) -> T) -> T {
    let engine = open(folder).expect("the store is opened");
    let done = run(&engine);
    engine.close();
    done
}

fn version(id: &str) -> NewSecretVersion {
    let data = format!("data of {id}").into();
    NewSecretVersion { version_id: id.to_owned(), data, data_type: SecretDataType::Text }
}

#[test]
fn what_is_closed_is_there_again_and_still_works() {
    let folder = tempfile::tempdir().expect("a folder");
    let current = ["ACSCurrent".to_owned()];
    let (sealed, keys) = with(folder.path(), |engine| {
        engine.seed().expect("it is empty");
        let sealed = engine.encrypt("alias/default", b"text", b"aad").expect("it encrypts");
        engine.create_secret(NewSecret::generic("db", version("v1"))).expect("it is new");
        engine.put_secret_value("db", version("v2"), &current).expect("it is new");
        let tag = TagPair { key: "env".to_owned(), value: "test".to_owned() };
        engine.tag_resources(ResourceType::Secret, &["db"], &[tag]).expect("it is there");
        engine.disable_key("alias/ec-sign").expect("it is there");
        let keys: Vec<_> = KeySpec::ALL
            .into_iter()
            .filter(|(spec, _)| spec.check_built().is_ok())
            .map(|(spec, _)| engine.create_key(spec.into()).expect("it is valid"))
            .collect();
        (sealed, keys)
    });
    with(folder.path(), |engine| {
        let blob = sealed.shared_blob();
        let parts = BlobParts::from_shared_blob(&blob).expect("it is whole");
        let opened =
            engine.decrypt(parts.key_version_id, parts.iv, parts.ciphertext_and_tag, b"aad", None);
        assert_eq!(**opened.expect("it decrypts").value, *b"text");
        let read = |id| VersionSelector { version_id: id, stage: None };
        for (id, data) in [(None, "data of v2"), (Some("v1"), "data of v1")] {
            let value = engine.secret_value("db", &read(id)).expect("it is there");
            assert_eq!(value.data.expose_secret(), data);
        }
        assert_eq!(engine.describe_secret("db").expect("it is there").tags.len(), 1);
        assert!(engine.sign("alias/ec-sign", None, SigningAlgorithm::EcdsaSha256, raw()).is_err());
        for key in keys {
            assert_eq!(engine.describe_key(&key.key_id), Ok(key));
        }
    });
}

fn raw() -> Message<'static> {
    Message::Raw(b"message")
}

#[test]
fn pairs_have_the_same_public_key_however_they_were_drawn() {
    let folder = tempfile::tempdir().expect("a folder");
    let public =
        |engine: &Engine, key: &str| engine.public_key(key, None).expect("it is a pair").value;
    let aliases = ["alias/rsa-sign", "alias/rsa-encrypt", "alias/ec-sign"];
    let before = with(folder.path(), |engine| {
        engine.seed().expect("it is empty");
        aliases.map(|alias| public(engine, alias))
    });
    let after = with(folder.path(), |engine| aliases.map(|alias| public(engine, alias)));
    assert_eq!(before, after);
}

#[test]
fn an_import_goes_on_with_its_token() {
    let folder = tempfile::tempdir().expect("a folder");
    let (key, parameters) = with(folder.path(), |engine| {
        let new = NewKey { origin: Origin::External, ..NewKey::default() };
        let key = engine.create_key(new).expect("it is valid").key_id;
        let parameters = engine.parameters_for_import(&key, WrappingAlgorithm::RsaesOaepSha256);
        (key, parameters.expect("it is external"))
    });
    with(folder.path(), |engine| {
        let algorithm = WrappingAlgorithm::RsaesOaepSha256;
        let wrapped = wrap(&parameters.public_key, algorithm, &[7; 32], "x").expect("it fits");
        let imported = engine.import_key_material(&key, &wrapped, &parameters.import_token, 0);
        assert_eq!(imported, Ok(()));
        engine.encrypt(&key, b"text", b"").expect("it has its material");
    });
}

#[test]
fn an_export_stores_the_material_that_it_generates() {
    let folder = tempfile::tempdir().expect("a folder");
    let exported = with(folder.path(), |engine| {
        engine.seed().expect("it is empty");
        engine.export().expect("it is written")
    });
    with(folder.path(), |engine| assert_eq!(engine.check_planted(&exported), Ok(())));
}

#[test]
fn a_store_is_finished_if_all_changes_were_written() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(folder.path()).expect("the store is opened");
    engine.create_secret(NewSecret::generic("db", version("v1"))).expect("it is new");
    assert_eq!(engine.finish(), Ok(()));
    engine.delete_secret("db", None).expect("it is there");
    let refused = engine.finish().expect_err("nothing writes it");
    assert_eq!((refused.status, refused.code), (503, "ServiceUnavailableTemporary"));
}

#[tokio::test]
async fn an_answer_waits_for_its_own_changes_and_for_those_that_it_may_have_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(folder.path()).expect("the store is opened");
    let (writer, reader) = (engine.for_request(), engine.for_request());
    writer.create_secret(NewSecret::generic("db", version("v1"))).expect("it is new");
    reader.describe_secret("db").expect("it is there");
    assert_eq!((writer.kept().await, reader.kept().await), (Ok(()), Ok(())));
    engine.close();
    let late = engine.for_request();
    late.delete_secret("db", None).expect("it is there");
    let refused = late.kept().await.expect_err("nothing writes it");
    assert_eq!((refused.status, refused.code), (503, "ServiceUnavailableTemporary"));
}

#[tokio::test]
async fn a_request_waits_for_what_it_reads_after_its_own_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = open(folder.path()).expect("the store is opened");
    let create = |engine: &Engine, name: &str| {
        engine.create_secret(NewSecret::generic(name, version("v1"))).expect("it is new");
    };
    let requests = [(); 3].map(|()| engine.for_request());
    for (request, name) in requests.iter().zip(["a", "b", "c"]) {
        create(request, name);
        assert_eq!(request.kept().await, Ok(()));
    }
    // A change that is never stored, by another request.
    engine.close();
    create(&engine.for_request(), "late");
    let [reads, refused, unaware] = requests;
    reads.describe_secret("late").expect("it is there");
    // It is locked for writing, and nothing is changed.
    refused.create_secret(NewSecret::generic("late", version("v1"))).expect_err("it is there");
    for request in [reads, refused] {
        assert_eq!(request.kept().await.map_err(|fault| fault.status), Err(503));
    }
    assert_eq!(unaware.kept().await, Ok(()));
}

#[tokio::test]
async fn a_request_is_refused_if_a_change_was_lost_since_it_began() {
    let mut progress = Progress::new(5);
    progress.commit(6);
    progress.lose(6, 7, "full", false);
    progress.commit(9);
    let journal = Journal {
        issued: Arc::new(AtomicU64::new(9)),
        progress: watch::channel(progress).1,
        thread: Mutex::new(None),
    };
    // The request that began after 5 and changed 8 may rest on what 7 changed.
    for (since, own, is_kept) in [
        (5, Some(6), true),
        (5, Some(7), false),
        (5, Some(8), false),
        (5, None, false),
        (7, Some(9), true),
        (7, None, true),
    ] {
        assert_eq!(journal.kept(since, own).await.is_ok(), is_kept, "{since} {own:?}");
    }
}

#[test]
fn the_file_is_its_owners() {
    let folder = tempfile::tempdir().expect("a folder");
    with(folder.path(), |_| ());
    let file = std::fs::metadata(folder.path().join("store.redb")).expect("it is there");
    assert_eq!(file.permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_second_gateway_does_not_open_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    with(folder.path(), |_| {
        let refused = open(folder.path()).expect_err("it is open");
        assert!(refused.contains("store.redb") && refused.contains("another gateway"), "{refused}");
    });
}

#[test]
fn a_file_that_is_no_store_is_an_error_that_names_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.redb");
    std::fs::write(&path, "no store at all".repeat(1000)).expect("it is written");
    let refused = open(folder.path()).expect_err("it is no store");
    assert!(refused.contains("store.redb") && refused.contains("damaged"), "{refused}");
}

#[test]
fn a_store_whose_pages_were_overwritten_is_an_error_or_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.redb");
    with(folder.path(), |engine| {
        for _ in 0..40 {
            engine.create_key(NewKey::default()).expect("it is valid");
        }
    });
    let whole = std::fs::read(&path).expect("it is there");
    let mut damaged = 0;
    for page in 1..whole.len() / 4096 {
        let mut bytes = whole.clone();
        bytes[page * 4096..(page + 1) * 4096].fill(0xa5);
        std::fs::write(&path, &bytes).expect("it is written");
        match open(folder.path()) {
            Ok(engine) => engine.close(),
            Err(refused) => {
                assert!(refused.contains("damaged"), "{refused}");
                damaged += 1;
            }
        }
    }
    assert!(damaged > 0);
}

#[test]
fn faults_of_the_engine_keep_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    with(folder.path(), |engine| {
        assert_eq!(engine.disable_key("key-0"), Err(Fault::key_not_found()));
    });
    with(folder.path(), |engine| {
        assert_eq!(engine.describe_key("key-0"), Err(Fault::key_not_found()));
    });
}
