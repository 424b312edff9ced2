//! Reads an XML error document as a JSON object: elements become names, whatever their namespace.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Map, Value as Json};

use super::markup::character;

/// The service's document is flat except for one detail; nothing deeper is read.
const DEEPEST: usize = 8;

/// Reads the children of the root. Returns `None` if the text is not a complete XML document, or is
/// HTML.
pub(super) fn read(text: &[u8]) -> Option<Map<String, Json>> {
    // Another encoding changes only the message's other letters.
    let text = String::from_utf8_lossy(text);
    let mut reader = Reader::from_str(&text);
    reader.config_mut().allow_dangling_amp = true;
    let mut open: Vec<Element> = Vec::new();
    loop {
        let closed = match reader.read_event().ok()? {
            Event::Start(tag) => {
                let name = name_of(tag.local_name().into_inner())?;
                let is_html = open.is_empty() && name.eq_ignore_ascii_case("html");
                if is_html || open.len() == DEEPEST {
                    return None;
                }
                open.push(Element::new(name));
                continue;
            }
            Event::Empty(tag) => Element::new(name_of(tag.local_name().into_inner())?),
            Event::End(_) => open.pop()?,
            Event::Text(text) => {
                push_text(&mut open, &text);
                continue;
            }
            Event::CData(text) => {
                push_text(&mut open, &text);
                continue;
            }
            Event::GeneralRef(reference) => {
                match character(&reference) {
                    Some(character) => push_text(&mut open, character.encode_utf8(&mut [0; 4])),
                    // A document's own entities are not read.
                    None => push_text(&mut open, &format!("&{};", &*reference)),
                }
                continue;
            }
            Event::Eof => return None,
            _ => continue,
        };
        match open.last_mut() {
            // The first of several equal elements counts.
            Some(parent) => {
                parent.children.entry(closed.name.clone()).or_insert_with(|| closed.into_value());
            }
            None => return Some(closed.children),
        }
    }
}

/// An element that has begun.
struct Element {
    name: String,
    text: String,
    children: Map<String, Json>,
}

impl Element {
    fn new(name: String) -> Self {
        Self { name, text: String::new(), children: Map::new() }
    }

    fn into_value(self) -> Json {
        if self.children.is_empty() {
            Json::String(self.text.trim().to_owned())
        } else {
            Json::Object(self.children)
        }
    }
}

fn push_text(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn name_of(name: &str) -> Option<String> {
    Some(name).filter(|name| !name.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        read(text.as_bytes()).map(|fields| Json::Object(fields).to_string())
    }

    #[test]
    fn elements_are_read_with_cdata_references_attributes_and_namespaces() {
        let document = "<?xml version=\"1.0\"?><!-- c --><k:Error xmlns:k=\"urn:k\" at='1'>\
            <k:Code x=\"2\"><![CDATA[A.<B>]]></k:Code>\
            <Message> a &lt; &#98; &#x26;<![CDATA[ c ]]> </Message><Empty/><Code>second</Code>\
            </k:Error>";
        assert_eq!(
            shown(document).as_deref(),
            Some(r#"{"Code":"A.<B>","Empty":"","Message":"a < b & c"}"#)
        );
    }

    #[test]
    fn what_is_not_a_whole_document_or_is_html_is_none() {
        for text in [
            "",
            "text",
            "<Error><Code>cut",
            "<Error><Code>A</Error>",
            "<html><code>A</code></html>",
            "<!DOCTYPE html><HTML><Code>A</Code></HTML>",
            "<a><a><a><a><a><a><a><a><a></a></a></a></a></a></a></a></a></a>",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_in_one_text_costs_no_other() {
        for (message, expected) in [
            (&b"a&nbsp;b"[..], "a&nbsp;b"),
            (b"a & b", "a & b"),
            (b"a &own; &#0; b", "a &own; &#0; b"),
            (b"caf\xe9", "caf\u{fffd}"),
        ] {
            let document = [b"<Error><Message>", message, b"</Message><Code>A</Code></Error>"];
            let fields = read(&document.concat()).expect(expected);
            assert_eq!((&fields["Code"], &fields["Message"]), (&"A".into(), &expected.into()));
        }
    }

    #[test]
    fn entities_are_not_expanded() {
        let bomb = "<!DOCTYPE e [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><e><Code>&b;</Code></e>";
        assert_eq!(shown(bomb).as_deref(), Some(r#"{"Code":"&b;"}"#));
    }
}
