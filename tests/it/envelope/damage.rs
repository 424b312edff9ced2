//! Whatever is done to an envelope, it does not open.

use alibabacloud_kms::envelope::Header;
use alibabacloud_kms::{ErrorKind, Pairs};

use super::kms::Kms;
use super::{open, small, tenant};

const CHUNK: usize = 1024 + 16;

/// An envelope of two whole chunks and one of 16 bytes, and where its chunks begin.
async fn sealed(kms: &Kms) -> (Vec<u8>, usize) {
    let text: Vec<u8> = (0..2064).map(|n: u32| n as u8).collect();
    let sealed = small(kms).seal("key", &text, &tenant("a")).await.expect("sealed");
    let body = sealed.len() - (2064 + 3 * 16);
    (sealed, body)
}

#[tokio::test]
async fn no_bit_can_be_changed() {
    let kms = Kms::new();
    let envelope = small(&kms);
    let sealed = envelope.seal("key", b"a small text", &tenant("a")).await.expect("sealed");
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut changed = sealed.clone();
            changed[at] ^= 1 << bit;
            let opened = open(&envelope, &changed).await;
            // KMS itself says no to what names the data key and the context.
            let refused = matches!(opened, Err(ErrorKind::Envelope | ErrorKind::Encode));
            assert!(refused, "byte {at}, bit {bit}: {opened:?}");
        }
    }
}

#[tokio::test]
async fn no_end_can_be_cut_off_and_nothing_put_after_it() {
    let kms = Kms::new();
    let envelope = small(&kms);
    let (sealed, _) = sealed(&kms).await;
    for length in 0..sealed.len() {
        let opened = open(&envelope, &sealed[..length]).await;
        assert_eq!(opened, Err(ErrorKind::Envelope), "{length} bytes");
    }
    for more in [1, 15, 16, 17, CHUNK, sealed.len()] {
        let longer: Vec<u8> =
            sealed.iter().chain(&sealed).copied().take(sealed.len() + more).collect();
        assert_eq!(open(&envelope, &longer).await, Err(ErrorKind::Envelope), "{more} more");
    }
}

#[tokio::test]
async fn chunks_stay_where_they_are() {
    let kms = Kms::new();
    let envelope = small(&kms);
    let (sealed, body) = sealed(&kms).await;
    let (header, chunks) = sealed.split_at(body);
    let chunks: Vec<&[u8]> = chunks.chunks(CHUNK).collect();
    for order in [
        &[1, 0, 2][..],
        &[0, 2, 1],
        &[2, 0, 1],
        &[0, 0, 1, 2],
        &[0, 1, 1, 2],
        &[0, 1, 2, 2],
        &[1, 2],
        &[0, 2],
        &[0, 1],
        &[2],
        &[],
    ] {
        let mut moved = header.to_vec();
        order.iter().for_each(|&chunk| moved.extend_from_slice(chunks[chunk]));
        assert_eq!(open(&envelope, &moved).await, Err(ErrorKind::Envelope), "{order:?}");
    }
}

#[tokio::test]
async fn chunks_of_two_envelopes_of_one_data_key_do_not_mix() {
    let kms = Kms::new();
    let envelope = small(&kms).reuse(Default::default());
    let seal =
        async |byte| envelope.seal("key", &vec![byte; 2064], &tenant("a")).await.expect("sealed");
    let (one, two) = (seal(1).await, seal(2).await);
    assert_eq!(kms.generated(), 1);
    let body = one.len() - (2064 + 3 * 16);
    for begin in [0, body, body + CHUNK, body + 2 * CHUNK] {
        for end in [body, body + CHUNK, body + 2 * CHUNK, one.len()] {
            if begin >= end || (begin, end) == (0, one.len()) {
                continue;
            }
            let mut mixed = one.clone();
            mixed[begin..end].copy_from_slice(&two[begin..end]);
            assert_eq!(open(&envelope, &mixed).await, Err(ErrorKind::Envelope), "{begin}..{end}");
        }
    }
    assert_eq!(open(&envelope, &two).await, Ok(vec![2; 2064]));
}

#[tokio::test]
async fn another_context_cannot_be_written_into_the_header() {
    let kms = Kms::new();
    let envelope = small(&kms).reuse(Default::default());
    let seal = async |value| envelope.seal("key", b"text", &tenant(value)).await.expect("sealed");
    let (a, b) = (seal("a").await, seal("b").await);
    // Everything of b's up to the commitment: header and data key fit each other and KMS.
    let header = b.len() - (4 + 16);
    let mut forged = b[..header - 32].to_vec();
    forged.extend_from_slice(&a[header - 32..]);
    assert_eq!(open(&envelope, &forged).await, Err(ErrorKind::Envelope));
    // In a's the value alone is changed; KMS would have to open a's key in b's context.
    let mut forged = a.clone();
    forged[header - 33] = b'b';
    assert_eq!(Header::parse(&forged).expect("a header").context(), &tenant("b"));
    assert!(envelope.open(&forged, &tenant("b")).await.is_err());
}

#[tokio::test]
async fn a_header_is_read_without_being_trusted() {
    let kms = Kms::new();
    let (sealed, body) = sealed(&kms).await;
    let header = Header::parse(&sealed[..body]).expect("a header");
    assert_eq!(header.key_id(), "id of key");
    assert_eq!(header.context(), &tenant("a"));
    assert_eq!(header.chunk_size(), 1024);
    assert_eq!(kms.decrypted(), 0);
    for length in 0..body {
        let error = Header::parse(&sealed[..length]).expect_err("it is not all there");
        assert_eq!(error.kind(), ErrorKind::Envelope);
    }
    let error = small(&kms).open(b"", &Pairs::new()).await.expect_err("nothing");
    assert_eq!(error.kind(), ErrorKind::Envelope);
}
