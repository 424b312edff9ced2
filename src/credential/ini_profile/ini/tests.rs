use super::*;

const ODD: &str = "\u{feff}; a comment\r\n\
# another\r\n\
[DEFAULT]\r\n\
type = access_key\r\n\
shared: here\r\n\
\r\n\
[ default ] behind\r\n\
Access_Key_Id\t=  id # not this\r\n\
quoted = \"kept\"\r\n\
both = a=b:c\r\n\
percent = 100%%\r\n\
empty =\r\n\
policy = {\r\n\
\x20  \"a\":\r\n\
# not this\r\n\
\r\n\
\x20  1}\r\n\
after = x\r\n\
[other]\r\n\
type=sts\r\n";

fn value(ini: &Ini<'_>, section: &str, field: &str) -> Option<String> {
    let section = ini.section(section).expect("the section");
    section.field(field).expect("a value").map(|value| value.to_string())
}

#[test]
fn fields_are_read_as_pythons_configparser_reads_them() {
    let ini = Ini::parse(ODD).unwrap_or_else(|line| panic!("line {line}"));
    for (field, expected) in [
        ("access_key_id", Some("id")),
        ("type", Some("access_key")),
        ("shared", Some("here")),
        ("quoted", Some("\"kept\"")),
        ("both", Some("a=b:c")),
        ("percent", Some("100%")),
        ("empty", None),
        ("policy", Some("{\n\"a\":\n\n1}")),
        ("after", Some("x")),
        ("absent", None),
        ("Access_Key_Id", None),
    ] {
        assert_eq!(value(&ini, " default ", field).as_deref(), expected, "{field}");
    }
    assert_eq!(value(&ini, "other", "type").as_deref(), Some("sts"));
    assert!(ini.section("default").is_none() && ini.section("DEFAULT").is_none());
}

#[test]
fn what_is_not_ini_is_told_by_its_line() {
    for (text, line) in [
        ("a = b", 1),
        ("\n[a]\nb", 3),
        ("[a]\n= b", 2),
        ("[]", 1),
        ("[a]\nb = 1\nB: 2", 3),
        ("[a]\n[b]\n[a]", 3),
        ("{}", 1),
        // The first line of a section goes on with nothing.
        ("[a]\n  b", 2),
    ] {
        assert_eq!(Ini::parse(text).err(), Some(line), "{text}");
    }
    assert!(Ini::parse("").is_ok_and(|ini| ini.section("a").is_none()));
}

#[test]
fn a_field_that_stands_for_another_is_an_error_that_names_it() {
    for text in ["[a]\nb = %(canary)s", "[a]\nb = canary%", "[a]\nb = %canary"] {
        let ini = Ini::parse(text).unwrap_or_else(|line| panic!("line {line}"));
        let error = ini.section("a").expect("the section").field("b").expect_err(text);
        assert!(error.to_string().contains("`b`") && !format!("{error:?}").contains("canary"));
    }
}
