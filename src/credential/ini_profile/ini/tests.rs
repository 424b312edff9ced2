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
        ("quoted", Some("kept")),
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
fn an_indented_field_is_a_field_as_for_the_go_sdk_and_other_lines_continue_a_value() {
    let text = "[a]\ntype = sts\n  access_key_id = id\n\taccess_key_secret: key\ntoken = QUJD\n  REVG==\n  R0=\n";
    let ini = Ini::parse(text).unwrap_or_else(|line| panic!("line {line}"));
    for (field, expected) in [
        ("type", "sts"),
        ("access_key_id", "id"),
        ("access_key_secret", "key"),
        ("token", "QUJD\nREVG==\nR0="),
    ] {
        assert_eq!(value(&ini, "a", field).as_deref(), Some(expected), "{field}");
    }
    assert!(ini.section("a").expect("the section").key("token").is_err(), "white space inside");
}

#[test]
fn quotes_and_comments_are_taken_off_as_the_go_sdk_takes_them_off() {
    for (line, expected) in [
        ("a = \"key\"", "key"),
        ("a = 'key'", "key"),
        ("a = `key`", "key"),
        ("a = \"\"\"key\"\"\"", "key"),
        ("a = key ; comment", "key"),
        ("a = key\t;comment", "key"),
        ("a = \"key\" ; comment", "key"),
        ("a = 'key' # comment", "key"),
        ("a = key # 'comment'", "key"),
        ("a = \" key \"", "key"),
        ("a=\u{a0}key\u{a0}", "key"),
        ("a : \"key\"\r", "key"),
    ] {
        let text = format!("[s]\n{line}\n");
        let ini = Ini::parse(&text).unwrap_or_else(|line| panic!("line {line}"));
        assert_eq!(value(&ini, "s", "a").as_deref(), Some(expected), "{line:?}");
        let key = ini.section("s").expect("the section").key("a").expect("a key");
        assert_eq!(key.as_ref().map(|key| key.as_str()), Some(expected), "{line:?}");
    }
    let ini = Ini::parse("[s]\na = x;y\nb = ; nothing\nc = \"one\nd = can ary\ne = can\n  ary\n");
    let ini = ini.unwrap_or_else(|line| panic!("line {line}"));
    assert_eq!(value(&ini, "s", "a").as_deref(), Some("x;y"));
    assert_eq!(value(&ini, "s", "b"), None);
    let section = ini.section("s").expect("the section");
    assert_eq!(section.key("a").expect("a key").as_ref().map(|key| key.as_str()), Some("x"));
    for (field, what) in [("c", "quote"), ("d", "white space"), ("e", "white space")] {
        let error = section.key(field).expect_err(field);
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(what) && shown.contains(&format!("`{field}`")), "{shown}");
        assert!(!shown.contains("ary"), "{shown}");
    }
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

#[test]
fn a_key_and_a_name_end_at_a_semicolon_as_for_the_go_sdk() {
    let text = "[a]\nid = id;prod\nsecret = \"secret\";prod\npath = /a;b\nnone = ;x\n";
    let ini = Ini::parse(text).unwrap_or_else(|line| panic!("line {line}"));
    let section = ini.section("a").expect("the section");
    for (field, expected) in [("id", Some("id")), ("secret", Some("secret")), ("none", None)] {
        for read in [section.key(field), section.name(field)] {
            let read = read.expect("a value");
            assert_eq!(read.as_ref().map(|value| value.as_str()), expected, "{field}");
        }
    }
    assert_eq!(value(&ini, "a", "path").as_deref(), Some("/a;b"));
}

#[test]
fn a_fields_name_may_be_in_quotes_and_a_section_indented_as_for_the_go_sdk() {
    let text = "[a]\n\"id\" = x\n  [b-2]\n`ID` : y\n'policy' = [\n  [\"c\"],\n  []\n  ]\n";
    let ini = Ini::parse(text).unwrap_or_else(|line| panic!("line {line}"));
    assert_eq!(value(&ini, "a", "id").as_deref(), Some("x"));
    assert_eq!(value(&ini, "b-2", "id").as_deref(), Some("y"));
    assert_eq!(value(&ini, "b-2", "policy").as_deref(), Some("[\n[\"c\"],\n[]\n]"));
}

#[test]
fn a_percent_sign_in_a_comment_is_none_of_the_value() {
    let text = "[a]\nid = id ; 100% prod\nsecret = secret;100%\npath = /a # 5%\nodd = /a;5%\n";
    let ini = Ini::parse(text).unwrap_or_else(|line| panic!("line {line}"));
    let section = ini.section("a").expect("the section");
    for (field, expected) in [("id", "id"), ("secret", "secret")] {
        let key = section.key(field).expect("a key");
        assert_eq!(key.as_ref().map(|key| key.as_str()), Some(expected), "{field}");
    }
    assert_eq!(value(&ini, "a", "path").as_deref(), Some("/a"));
    assert!(section.field("odd").is_err(), "a path may have a semicolon");
}

#[test]
fn an_indented_line_of_a_known_field_or_of_an_odd_name_begins_anew() {
    let text = "[a]\ntype = ecs_ram_role\n  role_name =\n  \"access_key_id\" = x\n  region-id = y\n\
        \x20 `Role_Arn` : z\n  a.b = c\n  [prod.cn]\n  type = sts\n  security_token=QQ\n    RR==\n";
    let ini = Ini::parse(text).unwrap_or_else(|line| panic!("line {line}"));
    for (section, field, expected) in [
        ("a", "type", Some("ecs_ram_role")),
        ("a", "role_name", None),
        ("a", "access_key_id", Some("x")),
        ("a", "region-id", Some("y")),
        ("a", "role_arn", Some("z")),
        ("a", "a.b", Some("c")),
        ("prod.cn", "type", Some("sts")),
        ("prod.cn", "security_token", Some("QQ\nRR==")),
    ] {
        assert_eq!(value(&ini, section, field).as_deref(), expected, "{field}");
    }
}

#[test]
fn a_value_in_long_quotes_goes_on_to_the_closing_one_as_for_the_go_sdk() {
    for quote in ["\"\"\"", "`"] {
        let text = format!(
            "[a]\npolicy = {quote}{{\n\"a\": [\n# kept\n\n  \"b=c\"]\n}}{quote} ; no 5%\nafter = x\n\
             [b]\ntype = {quote}sts{quote} # no\ninner = {quote}p{quote}q{quote}\nopen = {quote}y\nlast = z\n"
        );
        let ini = Ini::parse(&text).unwrap_or_else(|line| panic!("line {line}"));
        for (section, field, expected) in [
            ("a", "policy", "{\n\"a\": [\n# kept\n\n\"b=c\"]\n}"),
            ("a", "after", "x"),
            ("b", "type", "sts"),
            ("b", "inner", &format!("p{quote}q")),
            ("b", "last", "z"),
        ] {
            assert_eq!(value(&ini, section, field).as_deref(), Some(expected), "{field}");
        }
        assert!(ini.section("b").expect("the section").key("open").is_err(), "never closed");
    }
}
