//! The same file in other clothes.

use super::{PARCELS, PARCELS_MAPPING, came};
use encoding_rs::WINDOWS_1252;

fn hashes(mapping: &str, file: &[u8]) -> Vec<(String, [u8; 32])> {
    let mut all: Vec<_> = came(mapping, file).events.into_iter().map(|event| (event.id, event.body_hash)).collect();
    all.sort_unstable();
    all
}

fn in_file(line: &str) -> String {
    PARCELS_MAPPING.replace("[groups.shipment]", &format!("[file]\n{line}\n\n[groups.shipment]"))
}

#[test]
fn encodings_byte_order_marks_and_line_ends() {
    let want = hashes(PARCELS_MAPPING, PARCELS.as_bytes());
    assert!(want.len() > 5);
    let with_mark = [b"\xef\xbb\xbf", PARCELS.as_bytes()].concat();
    assert_eq!(hashes(PARCELS_MAPPING, &with_mark), want);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(PARCELS.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(hashes(PARCELS_MAPPING, &utf16), want);
    assert_eq!(hashes(&in_file("encoding = \"utf-16le\""), &utf16[2..]), want);
    let (western, _, unmappable) = WINDOWS_1252.encode(PARCELS);
    assert!(!unmappable);
    assert_eq!(hashes(&in_file("encoding = \"windows-1252\""), &western), want);
    assert_eq!(hashes(PARCELS_MAPPING, PARCELS.replace('\n', "\r\n").as_bytes()), want);
}

#[test]
fn bytes_in_another_encoding_than_told_are_refused_not_garbled() {
    let (western, _, _) = WINDOWS_1252.encode(PARCELS);
    let came = came(PARCELS_MAPPING, &western);
    let (refusal, _) = came.refusal("delivered:P-1");
    assert_eq!((refusal.code, refusal.place.as_deref()), ("encoding_invalid", Some("row 2, column Carrier")));
}

#[test]
fn delimiters_headers_and_comments() {
    let mapping = r##"
        name = "plain"
        source = "/files/plain"
        [file]
        delimiter = "\t"
        quote = ""
        header = 2
        comment = "#"
        [rows]
        when = "kind != total"
        [fields]
        ref = "Ref"
        kind = "Kind"
        at = { column = "At", kind = "time", formats = "iso" }
        [[events]]
        type = "com.waybill.shipment.dispatched.v1"
        id = "dispatched:{ref}"
        subject = "{ref}"
        time = "{at}"
    "##;
    let file = "Report of 1 May\n\nRef\tKind\tAt\n# nothing\nA\"1\tbox\t2007-05-01T10:00:00Z\t\t\n\tx\n\ttotal\t\n";
    let came = came(mapping, file.as_bytes());
    assert_eq!(came.event("dispatched:A\"1")["subject"], "A\"1");
    assert_eq!((came.events.len(), came.passed_over, came.refused.len()), (1, 1, 1));

    let headless = mapping.replace("header = 2", "header = 0\ncolumns = [\"Ref\", \"Kind\", \"At\"]");
    let file = "B\tbox\t2007-05-01T10:00:00+03:00\n";
    assert_eq!(super::came(&headless, file.as_bytes()).event("dispatched:B")["time"], "2007-05-01T10:00:00+03:00");
}
