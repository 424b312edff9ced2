//! The actions that the command can call: the declared ones, and the user's own.

use alibabacloud_kms::{ActionInfo, Dialect, api, native};
use alibabacloud_kms_local::{LocalGateway, LocalGatewayBuilder};

use crate::names;

/// The actions and operations of a command, with its name.
pub(crate) struct Registry {
    pub(crate) name: String,
    pub(crate) version: String,
    /// The gateway that `local` starts.
    pub(crate) local: LocalGatewayBuilder,
    own: Vec<&'static ActionInfo>,
}

impl Default for Registry {
    fn default() -> Self {
        Self {
            name: "kms".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            local: LocalGateway::builder(),
            own: Vec::new(),
        }
    }
}

impl Registry {
    /// Adds actions. One with the name and dialect of another replaces it.
    pub(crate) fn add(&mut self, actions: &[&'static ActionInfo]) {
        for action in actions {
            self.own.retain(|own| !is_same(own, action));
            self.own.push(action);
        }
    }

    /// Returns the actions, sorted by name.
    pub(crate) fn actions(&self) -> Vec<&'static ActionInfo> {
        self.merged(api::ALL, Dialect::Rpc)
    }

    /// Returns the native operations, sorted by name.
    pub(crate) fn operations(&self) -> Vec<&'static ActionInfo> {
        self.merged(native::ALL, Dialect::Protobuf)
    }

    /// Returns the action with this name.
    pub(crate) fn action(&self, name: &str) -> Option<&'static ActionInfo> {
        self.own_of(Dialect::Rpc).find(|own| own.name == name).or_else(|| api::find(name))
    }

    /// Returns the operation with this name.
    pub(crate) fn operation(&self, name: &str) -> Option<&'static ActionInfo> {
        self.own_of(Dialect::Protobuf).find(|own| own.name == name).or_else(|| native::find(name))
    }

    /// Returns an action of the user whose name, in one of its spellings, is taken.
    pub(crate) fn conflict(&self, taken: &[&str]) -> Option<&'static ActionInfo> {
        self.own_of(Dialect::Rpc).find(|own| {
            let spellings = [own.name.to_owned(), names::kebab(own.name), names::camel(own.name)];
            spellings.iter().any(|spelling| taken.contains(&spelling.as_str()))
        })
    }

    fn own_of(&self, dialect: Dialect) -> impl Iterator<Item = &'static ActionInfo> + '_ {
        self.own.iter().copied().filter(move |own| own.dialect == dialect)
    }

    fn merged(
        &self,
        declared: &[&'static ActionInfo],
        dialect: Dialect,
    ) -> Vec<&'static ActionInfo> {
        let is_replaced =
            |action: &&&'static ActionInfo| !self.own.iter().any(|own| is_same(own, action));
        let mut all: Vec<_> = declared.iter().filter(is_replaced).copied().collect();
        all.extend(self.own_of(dialect));
        all.sort_unstable_by_key(|action| action.name);
        all
    }
}

fn is_same(one: &ActionInfo, other: &ActionInfo) -> bool {
    one.name == other.name && one.dialect == other.dialect
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::kms_api;

    use super::*;
    use crate::command;
    use crate::items::Items;

    kms_api! {
        version = "2016-01-20";
        registry OWN;

        /// Replaces the declared one.
        action Encrypt {
            gateways: shared;
            idempotent: true;
            request { text: String }
            response {}
        }

        /// Is new.
        action CountKeys {
            gateways: shared;
            idempotent: true;
            request { department: String }
            response { count: i32 }
        }

        /// Has the name of a command.
        action EncryptFile {
            gateways: shared;
            idempotent: true;
            request {}
            response {}
        }
    }

    fn registry(actions: &[&'static ActionInfo]) -> Registry {
        let mut registry = Registry::default();
        registry.add(actions);
        registry
    }

    #[test]
    fn an_action_of_the_users_is_added_or_takes_the_place_of_its_namesake() {
        let registry = registry(&OWN[..2]);
        let actions = registry.actions();
        assert_eq!(actions.len(), api::ALL.len() + 1);
        assert!(actions.is_sorted_by_key(|action| action.name));
        for own in &OWN[..2] {
            assert!(registry.action(own.name).is_some_and(|found| std::ptr::eq(found, *own)));
        }
        command::root(&registry, &Items::among(&[])).debug_assert();
        assert_eq!(registry.operations().len(), native::ALL.len());
    }

    #[test]
    fn an_action_with_the_name_of_a_command_is_found() {
        assert!(registry(&OWN[..2]).conflict(&command::COMMANDS).is_none());
        let conflict = registry(OWN).conflict(&command::COMMANDS);
        assert_eq!(conflict.map(|action| action.name), Some("EncryptFile"));
    }
}
