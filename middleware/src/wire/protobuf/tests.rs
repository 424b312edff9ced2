use secrecy::ExposeSecret;

use super::*;
use crate::test_support::{SECRET, SealRequest, SealResponse, shows_secret};

fn read(bytes: &[u8]) -> Result<SealResponse, ProtobufError> {
    let mut response = SealResponse::default();
    decode(bytes, &mut response).map(|()| response)
}

/// A field of any wire type, by hand.
fn raw(number: u64, wire_type: u64, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    put_varint(&mut out, number << 3 | wire_type);
    out.extend_from_slice(content);
    out
}

fn malformed() -> ProtobufError {
    ProtobufError { field: None }
}

fn mismatch(field: &'static str) -> ProtobufError {
    ProtobufError { field: Some(field) }
}

#[test]
fn the_bytes_are_those_that_protobuf_prescribes() {
    let request = SealRequest {
        key_id: "k".into(),
        plaintext: vec![0xff, 0x00].into(),
        bytes: Some(150),
        forced: Some(true),
        names: vec!["a".into(), "bc".into()],
        aad: Some(vec![7; 130]),
    };
    let mut expected = vec![
        0x0a, 0x01, b'k', // 1: length 1
        0x12, 0x02, 0xff, 0x00, // 2: length 2
        0x18, 0x96, 0x01, // 3: varint 150
        0x20, 0x01, // 4: true
        0x82, 0x01, 0x01, b'a', // 16: length 1
        0x82, 0x01, 0x02, b'b', b'c', // 16 again
        0x82, 0x7d, 0x82, 0x01, // 2000: length 130
    ];
    expected.extend([7; 130]);
    assert_eq!(*encode(&request), expected);
}

#[test]
fn empty_zero_and_false_are_not_written() {
    let request = SealRequest {
        bytes: Some(0),
        forced: Some(false),
        aad: Some(Vec::new()),
        ..SealRequest::default()
    };
    assert!(encode(&request).is_empty());
    let names = SealRequest { names: vec![String::new()], ..SealRequest::default() };
    assert_eq!(*encode(&names), [0x82, 0x01, 0x00], "an empty element is one");
}

#[test]
fn a_negative_int32_is_ten_bytes() {
    let request = SealRequest { bytes: Some(-1), ..SealRequest::default() };
    let mut expected = vec![0x18];
    expected.extend([0xff; 9]);
    expected.push(0x01);
    assert_eq!(*encode(&request), expected);
}

#[test]
fn the_encoders_buffer_never_moves() {
    let request = SealRequest {
        key_id: "k".repeat(300),
        names: vec!["n".repeat(200); 20],
        bytes: Some(i32::MIN),
        forced: Some(true),
        ..SealRequest::valid()
    };
    let size: usize = request_bound(&request);
    let bytes = encode(&request);
    assert!(bytes.len() <= size);
    assert_eq!(bytes.capacity(), size);
}

fn request_bound(request: &dyn Payload) -> usize {
    request.fields().map(|(_, field)| size_bound(field.value())).sum()
}

#[test]
fn what_is_written_reads_back_the_same() {
    let request = SealRequest {
        bytes: Some(i32::MIN),
        forced: Some(true),
        names: vec!["名".into(), String::new(), "b".into()],
        aad: Some((0..=255).collect()),
        ..SealRequest::valid()
    };
    let mut read = SealRequest::default();
    decode(&encode(&request), &mut read).expect("our own bytes");
    assert_eq!(read.key_id, request.key_id);
    assert_eq!(read.plaintext.expose_secret(), SECRET.as_bytes());
    assert_eq!((read.bytes, read.forced), (request.bytes, request.forced));
    assert_eq!((read.names, read.aad), (request.names, request.aad));
}

#[test]
fn unknown_fields_of_every_wire_type_are_skipped() {
    let mut bytes = Vec::new();
    for unknown in [
        raw(100, VARINT, &[0xff, 0x01]),
        raw(101, FIXED64, &[1; 8]),
        raw(102, LENGTH_DELIMITED, &[3, 1, 2, 3]),
        raw(103, FIXED32, &[1; 4]),
        raw(u64::from(MAX_FIELD_NUMBER), VARINT, &[0]),
    ] {
        bytes.extend(unknown);
        bytes.extend(raw(1, LENGTH_DELIMITED, b"\x01k"));
    }
    assert_eq!(read(&bytes).expect("a message").key_id, "k");
}

#[test]
fn groups_and_undefined_wire_types_are_malformed() {
    for wire_type in [3, 4, 6, 7] {
        let bytes = raw(100, wire_type, &[0; 16]);
        assert_eq!(read(&bytes).expect_err("malformed"), malformed());
    }
}

#[test]
fn field_numbers_that_protobuf_does_not_allow_are_malformed() {
    for number in [0, 1 << 29, u64::MAX >> 3] {
        let bytes = raw(number, VARINT, &[0]);
        assert_eq!(read(&bytes).expect_err("malformed"), malformed());
    }
}

#[test]
fn a_known_field_of_another_wire_type_is_an_error_that_names_it() {
    for (bytes, field) in [
        (raw(1, VARINT, &[5]), "KeyId"),
        (raw(2, VARINT, &[5]), "CiphertextBlob"),
        (raw(2, FIXED32, &[0; 4]), "CiphertextBlob"),
        (raw(4, LENGTH_DELIMITED, b"\x0212"), "Count"),
        (raw(4, FIXED64, &[0; 8]), "Count"),
        (raw(5, LENGTH_DELIMITED, b"\x04true"), "Valid"),
        (raw(6, VARINT, &[5]), "Names"),
    ] {
        assert_eq!(read(&bytes).expect_err(field), mismatch(field));
    }
}

#[test]
fn text_that_is_not_utf8_is_an_error_that_names_its_field_and_bytes_need_not_be_text() {
    let bytes = raw(1, LENGTH_DELIMITED, b"\x01\xff");
    assert_eq!(read(&bytes).expect_err("not UTF-8"), mismatch("KeyId"));
    let bytes = raw(6, LENGTH_DELIMITED, b"\x01\xff");
    assert_eq!(read(&bytes).expect_err("not UTF-8"), mismatch("Names"));
    let bytes = raw(2, LENGTH_DELIMITED, b"\x02\xff\xfe");
    assert_eq!(read(&bytes).expect("bytes").blob, [0xff, 0xfe]);
}

#[test]
fn integers_are_read_as_64_bits_and_kept_to_32() {
    let count = |content: &[u8]| read(&raw(4, VARINT, content)).map(|response| response.count);
    let minus_one = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert_eq!(count(&minus_one), Ok(-1));
    assert_eq!(count(&[0x96, 0x01]), Ok(150));
    assert_eq!(count(&[0x80, 0x80, 0x00]), Ok(0), "longer than need be");
    assert_eq!(count(&[0x80, 0x80, 0x80, 0x80, 0x08]), Err(mismatch("Count")), "2^31");
}

#[test]
fn a_boolean_is_true_for_every_number_but_zero() {
    let valid = |content: &[u8]| read(&raw(5, VARINT, content)).map(|response| response.valid);
    assert_eq!(valid(&[0]), Ok(false));
    assert_eq!(valid(&[2]), Ok(true));
    let largest = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    assert_eq!(valid(&largest), Ok(true));
}

#[test]
fn a_varint_of_more_than_64_bits_is_malformed() {
    for content in [vec![0xff; 9], vec![0xff; 10], vec![0x80; 11]] {
        let mut content = content;
        content.push(0x02);
        assert_eq!(read(&raw(4, VARINT, &content)).expect_err("malformed"), malformed());
        assert_eq!(read(&raw(99, VARINT, &content)).expect_err("malformed"), malformed());
    }
}

#[test]
fn a_length_beyond_the_message_is_malformed() {
    for length in [2, u64::from(u32::MAX), u64::MAX >> 1, u64::MAX] {
        let mut content = Vec::new();
        put_varint(&mut content, length);
        content.push(b'k');
        assert_eq!(read(&raw(1, LENGTH_DELIMITED, &content)).expect_err("malformed"), malformed());
        assert_eq!(read(&raw(99, LENGTH_DELIMITED, &content)).expect_err("malformed"), malformed());
    }
}

#[test]
fn a_message_cut_anywhere_is_an_error_or_a_shorter_message() {
    let request = SealRequest {
        bytes: Some(-1),
        names: vec!["a".into(), "b".into()],
        ..SealRequest::valid()
    };
    let bytes = encode(&request);
    let mut whole = 0;
    for length in 0..bytes.len() {
        let mut read = SealRequest::default();
        if decode(&bytes[..length], &mut read).is_ok() {
            whole += 1;
            assert_eq!(*encode(&read), bytes[..length]);
        }
    }
    // Nothing, and after each field but the last: two of five are the list's.
    assert_eq!(whole, 5);
}

#[test]
fn no_bytes_make_the_reader_panic() {
    for first in 0..=u8::MAX {
        for second in 0..=u8::MAX {
            for tail in [[0; 12], [0x7f; 12], [0xff; 12]] {
                let mut bytes = vec![first, second];
                bytes.extend(tail);
                drop(read(&bytes));
            }
        }
    }
}

#[test]
fn the_last_of_a_repeated_scalar_wins_and_texts_add_up() {
    let mut bytes = Vec::new();
    for text in [b"\x01a", b"\x01b"] {
        bytes.extend(raw(1, LENGTH_DELIMITED, text));
        bytes.extend(raw(6, LENGTH_DELIMITED, text));
    }
    let response = read(&bytes).expect("a message");
    assert_eq!(response.key_id, "b");
    assert_eq!(response.names, ["a", "b"]);
}

#[test]
fn errors_do_not_quote_what_was_read() {
    let secret = SECRET.as_bytes();
    let mut content = vec![secret.len() as u8];
    content.extend_from_slice(secret);
    for number in [4, 5] {
        let error = read(&raw(number, LENGTH_DELIMITED, &content)).expect_err("a mismatch");
        assert!(!shows_secret(&format!("{error} {error:?}")));
    }
}

#[test]
fn an_error_has_status_code_message_and_request_id_under_the_services_numbers() {
    let bytes = encode_error(404, "C", "", "r");
    assert_eq!(bytes, b"\x08\x94\x03\x12\x01C\x22\x01r");
}
