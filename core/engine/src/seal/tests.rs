use super::*;
use crate::secrets::MemorySecrets;

const NONCE: [u8; NONCE_LEN] = [9; NONCE_LEN];

fn sealer(secrets: &MemorySecrets) -> Sealer {
    Sealer::open_or_create(secrets, [1; 32]).unwrap()
}

#[test]
fn a_sealed_row_opens_for_its_row_alone_and_shows_nothing() {
    let sealer = sealer(&MemorySecrets::default());
    let sealed = sealer
        .seal("identity/7", "Nguyễn Thị Hoa".as_bytes(), NONCE)
        .unwrap();
    assert_eq!(
        sealer.open("identity/7", &sealed).unwrap(),
        "Nguyễn Thị Hoa".as_bytes()
    );
    assert_eq!(sealer.open("identity/8", &sealed), Err(SealError::Damaged));
    assert_eq!(sealer.open("owner/7", &sealed), Err(SealError::Damaged));
    assert!(!sealed.windows(3).any(|w| w == b"Hoa"));
    assert_eq!(format!("{sealer:?}"), "Sealer(key 1)");
}

#[test]
fn no_changed_or_cut_byte_opens() {
    let sealer = sealer(&MemorySecrets::default());
    let sealed = sealer.seal("identity/7", b"0905 000 000", NONCE).unwrap();
    for at in 0..sealed.len() {
        let mut other = sealed.clone();
        other[at] ^= 1;
        // Bytes 1 to 6 name the key: a name of another key is a key that is not there.
        let expected = if (1..7).contains(&at) {
            SealError::Lost
        } else {
            SealError::Damaged
        };
        assert_eq!(sealer.open("identity/7", &other), Err(expected), "byte {at}");
        assert_eq!(
            sealer.open("identity/7", &sealed[..at]),
            Err(SealError::Damaged),
            "cut at {at}"
        );
    }
}

#[test]
fn a_new_key_serves_new_rows_while_old_rows_still_open() {
    let secrets = MemorySecrets::default();
    let first = sealer(&secrets);
    let old = first.seal("identity/1", b"old", NONCE).unwrap();
    let second = first.rotate(&secrets, [2; 32]).unwrap();
    let new = second.seal("identity/2", b"new", NONCE).unwrap();
    let again = Sealer::open_or_create(&secrets, [3; 32]).unwrap();
    assert_eq!(again.open("identity/1", &old).unwrap(), b"old");
    assert_eq!(again.open("identity/2", &new).unwrap(), b"new");
    assert_eq!(
        first.open("identity/2", &new),
        Err(SealError::Lost),
        "made without the new key"
    );
}

#[test]
fn a_locked_keeper_makes_no_key_and_an_emptied_one_loses_the_old_rows_only() {
    let secrets = MemorySecrets::default();
    let old = sealer(&secrets).seal("identity/1", b"old", NONCE).unwrap();
    secrets.lock();
    assert_eq!(
        Sealer::open_or_create(&secrets, [2; 32]).unwrap_err(),
        SealError::Locked
    );
    secrets.unlock();
    assert_eq!(
        Sealer::open_or_create(&secrets, [2; 32])
            .unwrap()
            .open("identity/1", &old)
            .unwrap(),
        b"old"
    );

    secrets.empty();
    let other = Sealer::open_or_create(&secrets, [2; 32]).unwrap();
    assert_eq!(
        other.open("identity/1", &old),
        Err(SealError::Lost),
        "a loss, not damage"
    );
    let new = other.seal("identity/2", b"new", NONCE).unwrap();
    assert_eq!(sealer(&secrets).open("identity/2", &new).unwrap(), b"new");
}

#[test]
fn a_key_that_a_crash_left_without_its_pointer_is_taken_up() {
    let secrets = MemorySecrets::default();
    let sealed = sealer(&secrets).seal("identity/1", b"kept", NONCE).unwrap();
    secrets.remove(CURRENT).unwrap();
    let again = Sealer::open_or_create(&secrets, [2; 32]).unwrap();
    assert_eq!(again.open("identity/1", &sealed).unwrap(), b"kept");
}

#[test]
fn where_only_the_newest_key_is_lost_the_next_one_takes_its_place() {
    let secrets = MemorySecrets::default();
    let first = sealer(&secrets);
    let old = first.seal("identity/1", b"old", NONCE).unwrap();
    let lost = first
        .rotate(&secrets, [2; 32])
        .unwrap()
        .seal("identity/2", b"lost", NONCE)
        .unwrap();
    secrets.remove("seal.2").unwrap();
    let third = Sealer::open_or_create(&secrets, [3; 32]).unwrap();
    assert_eq!(third.open("identity/1", &old).unwrap(), b"old");
    assert_eq!(third.open("identity/2", &lost), Err(SealError::Lost));
}
