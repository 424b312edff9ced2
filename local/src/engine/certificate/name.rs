//! Distinguished names in the form of RFC 2253: the most specific part comes first.

use alibabacloud_kms::__private::{Malformed, Reader};
use rcgen::{DistinguishedName, DnType};

/// The supported parts: their names, types and object identifiers (2.5.4 and a number).
const PARTS: [(&str, DnType, [u8; 3]); 6] = [
    ("CN", DnType::CommonName, [0x55, 4, 3]),
    ("OU", DnType::OrganizationalUnitName, [0x55, 4, 11]),
    ("O", DnType::OrganizationName, [0x55, 4, 10]),
    ("L", DnType::LocalityName, [0x55, 4, 7]),
    ("ST", DnType::StateOrProvinceName, [0x55, 4, 8]),
    ("C", DnType::CountryName, [0x55, 4, 6]),
];
/// The parts that a request must have.
const REQUIRED: [&str; 4] = ["CN", "OU", "O", "C"];

/// Parses the name in a request. A comma always ends a part: escapes are not supported.
pub(super) fn parse(text: &str) -> Option<DistinguishedName> {
    let parts = text.split(',').map(|part| {
        let (name, value) = part.split_once('=')?;
        let (name, value) = (name.trim(), value.trim());
        let is_fit = !value.is_empty() && (name != "C" || value.len() == 2);
        let known = PARTS.iter().find(|(known, ..)| *known == name).filter(|_| is_fit)?;
        Some((known.0, known.1.clone(), value))
    });
    let parts = parts.collect::<Option<Vec<_>>>()?;
    if !REQUIRED.iter().all(|name| parts.iter().filter(|part| part.0 == *name).count() == 1) {
        return None;
    }
    let mut out = DistinguishedName::new();
    for (_, kind, value) in parts.into_iter().rev() {
        out.push(kind, value);
    }
    Some(out)
}

/// Writes the `Name` of a certificate, without parts that are not supported.
pub(super) fn write(mut name: Reader<'_>) -> Result<String, Malformed> {
    let mut parts = Vec::new();
    while !name.is_empty() {
        let mut set = name.any()?.children()?;
        while !set.is_empty() {
            let mut part = set.sequence()?;
            let id = part.oid()?;
            let value = String::from_utf8_lossy(part.any()?.content());
            if let Some((known, ..)) = PARTS.iter().find(|(.., known)| known == id) {
                parts.push(format!("{known}={value}"));
            }
        }
    }
    parts.reverse();
    Ok(parts.join(","))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_name_has_its_four_parts_once() {
        assert!(parse("CN=userName,OU=kms,O=aliyun,C=CN").is_some());
        assert!(parse("C=CN, ST=Zhejiang, L=Hangzhou, O=aliyun, OU=kms, CN=a b").is_some());
        for text in [
            "",
            "CN=a",
            "CN=a,OU=b,O=c",
            "CN=a,OU=b,O=c,C=CHN",
            "CN=a,CN=a,OU=b,O=c,C=CN",
            "CN=,OU=b,O=c,C=CN",
            "CN=a,OU=b,O=c,C=CN,X=y",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
