use std::fs;
#[cfg(unix)]
use std::os::unix::fs::PermissionsExt;

use proptest::prelude::*;

use super::*;

#[test]
fn memory_forgets_nothing_while_it_is_locked() {
    let secrets = MemorySecrets::default();
    secrets.set("seal.1", b"key").unwrap();
    secrets.lock();
    assert_eq!(secrets.get("seal.1"), Err(SecretError::Locked));
    assert_eq!(secrets.set("seal.1", b"other"), Err(SecretError::Locked));
    secrets.unlock();
    assert_eq!(secrets.get("seal.1").unwrap(), b"key");
    secrets.empty();
    assert_eq!(secrets.get("seal.1"), Err(SecretError::Missing));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn a_file_gives_back_what_it_was_given(entries in prop::collection::btree_map(".{0,12}", prop::collection::vec(any::<u8>(), 0..40), 0..6)) {
        let folder = tempfile::tempdir().unwrap();
        let secrets = FileSecrets::open(folder.path()).unwrap();
        for (name, secret) in &entries {
            secrets.set(name, b"first").unwrap();
            secrets.set(name, secret).unwrap();
        }
        let again = FileSecrets::open(folder.path()).unwrap();
        for (name, secret) in &entries {
            prop_assert_eq!(&again.get(name).unwrap(), secret);
            again.remove(name).unwrap();
            again.remove(name).unwrap();
            prop_assert_eq!(secrets.get(name), Err(SecretError::Missing));
        }
    }
}

#[cfg(unix)]
#[test]
fn file_and_folder_belong_to_the_owner_alone() {
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("secrets");
    let secrets = FileSecrets::open(&folder).unwrap();
    secrets.set("seal.1", b"key").unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let file = folder.join("secrets.json");
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));

    for (path, open) in [(&file, 0o640), (&file, 0o604), (&folder, 0o770), (&folder, 0o702)] {
        let before = mode(path);
        fs::set_permissions(path, fs::Permissions::from_mode(open)).unwrap();
        let refused = FileSecrets::open(&folder).unwrap_err();
        assert!(
            matches!(&refused, FileSecretsError::OpenToOthers { path: named } if named == path),
            "{open:o}: {refused}"
        );
        fs::set_permissions(path, fs::Permissions::from_mode(before)).unwrap();
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(
        matches!(secrets.get("seal.1"), Err(SecretError::Failed(_))),
        "refused also after it was opened"
    );
}

#[test]
fn damage_is_put_aside_and_never_written_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets.json");
    let texts = [
        "",
        "{",
        "[]",
        r#"{"seal.1": 7}"#,
        r#"{"seal.1": "0"}"#,
        r#"{"seal.1": "0g"}"#,
        r#"{"seal.1": "é0"}"#,
    ];
    for (n, text) in (1..).zip(texts) {
        let before = FileSecrets::open(folder.path()).unwrap();
        before.set("seal.1", b"key").unwrap();
        assert_eq!(before.set_aside(), None);
        fs::write(&file, text).unwrap();
        // While it is in use, damage is a failure: a secret that is there is never called missing.
        assert!(
            matches!(before.get("seal.1"), Err(SecretError::Failed(_))),
            "{text:?}"
        );
        assert!(
            matches!(before.set("seal.2", b"key"), Err(SecretError::Failed(_))),
            "{text:?}"
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);

        let opened = FileSecrets::open(folder.path()).unwrap();
        let aside = folder.path().join(format!("secrets.json.damaged.{n}"));
        assert_eq!(opened.set_aside(), Some(aside.as_path()), "{text:?}");
        assert_eq!(fs::read_to_string(&aside).unwrap(), text);
        assert_eq!(opened.get("seal.1"), Err(SecretError::Missing), "{text:?}");
        opened.set("seal.1", b"new").unwrap();
        assert_eq!(
            FileSecrets::open(folder.path()).unwrap().get("seal.1").unwrap(),
            b"new"
        );
    }
}

#[test]
fn what_a_crash_left_beside_the_file_is_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = FileSecrets::open(folder.path()).unwrap();
    secrets.set("seal.1", b"key").unwrap();
    fs::write(
        folder.path().join("secrets.json.new"),
        "{\"seal.1\": \"00\", half",
    )
    .unwrap();
    assert_eq!(
        FileSecrets::open(folder.path()).unwrap().get("seal.1").unwrap(),
        b"key"
    );
    secrets.set("seal.2", b"other").unwrap();
    assert_eq!(secrets.get("seal.1").unwrap(), b"key");
}
