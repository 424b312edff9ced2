//! Filters for lists of secrets.

use serde_json::Value;

use super::super::Fault;
use super::metadata::SecretMetadata;

/// The maximum number of conditions, and of values in each.
const MAX_FILTER: usize = 10;

/// A condition: a property must have one of these values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecretFilter {
    property: Property,
    values: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Property {
    Name,
    Description,
    Type,
    Instance,
    TagKey,
    TagValue,
}

impl SecretFilter {
    /// Parses `[{"Key":"SecretName","Values":["a","b"]}]`.
    pub(crate) fn parse_list(json: &str) -> Result<Vec<Self>, Fault> {
        let invalid = || Fault::invalid("Filters");
        let filters: Vec<Value> = serde_json::from_str(json).map_err(|_| invalid())?;
        if filters.len() > MAX_FILTER {
            return Err(invalid());
        }
        let parse = |filter: &Value| {
            let property = match filter.get("Key")?.as_str()? {
                "SecretName" => Property::Name,
                "Description" => Property::Description,
                "SecretType" => Property::Type,
                "DKMSInstanceId" => Property::Instance,
                "TagKey" => Property::TagKey,
                "TagValue" => Property::TagValue,
                _ => return None,
            };
            let values = filter.get("Values")?.as_array()?.iter();
            let values: Option<Vec<String>> =
                values.map(|value| value.as_str().map(str::to_owned)).collect();
            Some(Self { property, values: values.filter(|values| values.len() <= MAX_FILTER)? })
        };
        filters.iter().map(|filter| parse(filter).ok_or_else(invalid)).collect()
    }

    pub(super) fn matches(&self, secret: &SecretMetadata) -> bool {
        self.values.is_empty()
            || self.values.iter().any(|value| match self.property {
                Property::Name => secret.name == *value,
                Property::Description => secret.description.contains(value),
                Property::Type => secret.secret_type.as_str() == value,
                Property::Instance => secret.instance_id.as_ref() == Some(value),
                Property::TagKey => secret.tags.iter().any(|tag| tag.key == *value),
                Property::TagValue => secret.tags.iter().any(|tag| tag.value == *value),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::{Fault, SecretFilter};

    #[test]
    fn ten_conditions_of_ten_values_are_read_and_no_more() {
        let filters = |conditions: usize, values: usize| {
            let values = vec![r#""a""#; values].join(",");
            let condition = format!(r#"{{"Key":"SecretName","Values":[{values}]}}"#);
            let list = format!("[{}]", vec![condition; conditions].join(","));
            SecretFilter::parse_list(&list).map(|filters| filters.len())
        };
        assert_eq!(filters(10, 10), Ok(10));
        assert_eq!(filters(11, 1), Err(Fault::invalid("Filters")));
        assert_eq!(filters(1, 11), Err(Fault::invalid("Filters")));
    }
}
