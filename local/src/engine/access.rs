//! Access points, their policies and network rules: stored and validated, never enforced.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::rows::Rows;
use super::tables::{AccessPoint, AccessPolicy, NetworkRule};
use super::{Engine, Fault, Page, PageRequest};

/// The access point of the gateway's own client keys. It has no row, and its name is taken.
pub(super) const OWN_ACCESS_POINT: &str = "local";
const MAX_NAME: usize = 192;
/// The maximum number of policies of an access point, which has at least one.
const MAX_POLICIES: usize = 3;
const PERMISSIONS: [&str; 2] = [
    "RbacPermission/Template/CryptoServiceKeyUser",
    "RbacPermission/Template/CryptoServiceSecretUser",
];

impl Engine {
    /// Creates an application access point and returns its ARN.
    pub(crate) fn create_access_point(&self, new: AccessPoint) -> Result<String, Fault> {
        check_name(&new.name)?;
        if new.name == OWN_ACCESS_POINT {
            return Err(Fault::resource_exists());
        }
        let arn = self.arn(&format!("applicationaccesspoint/{}", new.name));
        let tables = &mut *self.write();
        check_policies(&tables.access_policies, &new.policies)?;
        insert(&mut tables.access_points, new.name.clone(), new)?;
        Ok(arn)
    }

    /// Returns an application access point and its ARN.
    pub(crate) fn access_point(&self, name: &str) -> Result<(String, AccessPoint), Fault> {
        let row = find(&self.read().access_points, name)?;
        Ok((self.arn(&format!("applicationaccesspoint/{name}")), row))
    }

    /// Changes an application access point.
    pub(crate) fn update_access_point(
        &self,
        name: &str,
        policies: Option<Vec<String>>,
        description: Option<String>,
    ) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let mut row = find(&tables.access_points, name)?;
        if let Some(policies) = policies {
            check_policies(&tables.access_policies, &policies)?;
            row.policies = policies;
        }
        row.description = description.unwrap_or(row.description);
        tables.access_points.insert(name.to_owned(), row);
        Ok(())
    }

    /// Deletes an application access point and its client keys.
    pub(crate) fn delete_access_point(&self, name: &str) -> Result<(), Fault> {
        let tables = &mut *self.write();
        remove(&mut tables.access_points, name)?;
        // The store of an earlier version may have an access point with the reserved name.
        if name != OWN_ACCESS_POINT {
            tables.client_keys.retain(|_, key| key.access_point != name);
        }
        Ok(())
    }

    /// Returns a page of all application access points.
    pub(crate) fn list_access_points(&self, page: PageRequest) -> Page<AccessPoint> {
        page.of(self.read().access_points.values().cloned())
    }

    /// Creates a policy of access points and returns its ARN.
    pub(crate) fn create_access_policy(&self, new: AccessPolicy) -> Result<String, Fault> {
        check_name(&new.name)?;
        check_policy(&new)?;
        let arn = self.arn(&format!("policy/{}", new.name));
        let tables = &mut *self.write();
        check_rules(&tables.network_rules, &new.network_rules)?;
        insert(&mut tables.access_policies, new.name.clone(), new)?;
        Ok(arn)
    }

    /// Returns a policy of access points and its ARN.
    pub(crate) fn access_policy(&self, name: &str) -> Result<(String, AccessPolicy), Fault> {
        let row = find(&self.read().access_policies, name)?;
        Ok((self.arn(&format!("policy/{name}")), row))
    }

    /// Changes a policy of access points.
    pub(crate) fn update_access_policy(
        &self,
        name: &str,
        change: impl FnOnce(&mut AccessPolicy),
    ) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let mut row = find(&tables.access_policies, name)?;
        change(&mut row);
        check_policy(&row)?;
        check_rules(&tables.network_rules, &row.network_rules)?;
        tables.access_policies.insert(name.to_owned(), row);
        Ok(())
    }

    /// Deletes a policy of access points.
    pub(crate) fn delete_access_policy(&self, name: &str) -> Result<(), Fault> {
        remove(&mut self.write().access_policies, name)
    }

    /// Returns a page of all policies of access points.
    pub(crate) fn list_access_policies(&self, page: PageRequest) -> Page<AccessPolicy> {
        page.of(self.read().access_policies.values().cloned())
    }

    /// Creates a network rule and returns its ARN.
    pub(crate) fn create_network_rule(&self, new: NetworkRule) -> Result<String, Fault> {
        check_name(&new.name)?;
        check_addresses(&new.source_private_ip)?;
        let arn = self.arn(&format!("networkrule/{}", new.name));
        insert(&mut self.write().network_rules, new.name.clone(), new)?;
        Ok(arn)
    }

    /// Returns a network rule and its ARN.
    pub(crate) fn network_rule(&self, name: &str) -> Result<(String, NetworkRule), Fault> {
        let row = find(&self.read().network_rules, name)?;
        Ok((self.arn(&format!("networkrule/{name}")), row))
    }

    /// Changes a network rule.
    pub(crate) fn update_network_rule(
        &self,
        name: &str,
        source_private_ip: Option<String>,
        description: Option<String>,
    ) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let mut row = find(&tables.network_rules, name)?;
        row.source_private_ip = source_private_ip.unwrap_or(row.source_private_ip);
        row.description = description.unwrap_or(row.description);
        check_addresses(&row.source_private_ip)?;
        tables.network_rules.insert(name.to_owned(), row);
        Ok(())
    }

    /// Deletes a network rule.
    pub(crate) fn delete_network_rule(&self, name: &str) -> Result<(), Fault> {
        remove(&mut self.write().network_rules, name)
    }

    /// Returns a page of all network rules.
    pub(crate) fn list_network_rules(&self, page: PageRequest) -> Page<NetworkRule> {
        page.of(self.read().network_rules.values().cloned())
    }
}

fn find<T: Clone>(table: &BTreeMap<String, T>, name: &str) -> Result<T, Fault> {
    table.get(name).cloned().ok_or_else(Fault::resource_not_found)
}

fn insert<T>(table: &mut Rows<String, T>, name: String, row: T) -> Result<(), Fault> {
    if table.contains_key(&name) {
        return Err(Fault::resource_exists());
    }
    table.insert(name, row);
    Ok(())
}

fn remove<T>(table: &mut Rows<String, T>, name: &str) -> Result<(), Fault> {
    table.remove(name).map(drop).ok_or_else(Fault::resource_not_found)
}

fn check_name(name: &str) -> Result<(), Fault> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
    if name.is_empty() {
        return Err(Fault::missing("Name"));
    }
    if name.len() > MAX_NAME || !name.chars().all(allowed) {
        return Err(Fault::invalid("Name"));
    }
    Ok(())
}

fn check_policies(table: &BTreeMap<String, AccessPolicy>, names: &[String]) -> Result<(), Fault> {
    if !(1..=MAX_POLICIES).contains(&names.len()) {
        return Err(Fault::invalid("Policies"));
    }
    names.iter().try_for_each(|name| find(table, name).map(drop))
}

fn check_rules(table: &BTreeMap<String, NetworkRule>, names: &[String]) -> Result<(), Fault> {
    names.iter().try_for_each(|name| find(table, name).map(drop))
}

fn check_policy(policy: &AccessPolicy) -> Result<(), Fault> {
    let is_permission = |name: &String| PERMISSIONS.contains(&name.as_str());
    if policy.permissions.is_empty() || !policy.permissions.iter().all(is_permission) {
        return Err(Fault::invalid("Permissions"));
    }
    let is_resource = |name: &String| {
        let kinds = ["key/", "secret/"];
        kinds.iter().any(|kind| name.strip_prefix(kind).is_some_and(|rest| !rest.is_empty()))
    };
    if policy.resources.is_empty() || !policy.resources.iter().all(is_resource) {
        return Err(Fault::invalid("Resources"));
    }
    Ok(())
}

/// Checks a comma-separated list of addresses and networks, which may be empty.
fn check_addresses(text: &str) -> Result<(), Fault> {
    let is_network = |text: &str| {
        let (address, prefix) = text.split_once('/').unwrap_or((text, "0"));
        match (address.parse(), prefix.parse::<u8>()) {
            (Ok(IpAddr::V4(_)), Ok(prefix)) => prefix <= 32,
            (Ok(IpAddr::V6(_)), Ok(prefix)) => prefix <= 128,
            _ => false,
        }
    };
    // The console writes a JSON list.
    let list = text.trim_start_matches('[').trim_end_matches(']');
    let mut items = list.split(',').map(|item| item.trim().trim_matches('"'));
    if list.is_empty() || items.all(is_network) {
        return Ok(());
    }
    Err(Fault::invalid("SourcePrivateIp"))
}

#[cfg(test)]
mod tests {
    use super::{Fault, check_addresses};

    #[test]
    fn addresses_and_networks_are_checked() {
        for text in ["", "10.0.0.1", "10.0.0.0/8,192.168.0.1", r#"["10.0.0.0/8", "::1"]"#] {
            assert_eq!(check_addresses(text), Ok(()), "{text}");
        }
        for text in ["x", "10.0.0.1,", "10.0.0.0/33", "10.0.0", "10.0.0.0/x"] {
            assert_eq!(check_addresses(text), Err(Fault::invalid("SourcePrivateIp")), "{text}");
        }
    }
}
