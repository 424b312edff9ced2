//! The scenarios, by family.

mod access;
mod aliases;
mod asymmetric;
mod certificates;
mod codes;
mod crypto;
mod data_keys;
mod instances;
mod keys;
mod managed_secrets;
mod material;
mod operations;
mod requests;
mod secrets;
mod states;
mod tags;

use tokio::sync::OnceCell;

use super::{Scenario, Scope};

/// A test for each scenario, and all of them in a list.
macro_rules! scenarios {
    ($($family:ident { $($name:ident: $scope:ident),* $(,)? })*) => {
        pub(super) const ALL: &[Scenario] = &[$($(Scenario {
            name: concat!(stringify!($family), "::", stringify!($name)),
            scope: Scope::$scope,
            run: |world| Box::pin(async move { $family::$name(&world).await }),
            seen: { static SEEN: OnceCell<Vec<super::Seen>> = OnceCell::const_new(); &SEEN },
        },)*)*];

        mod tests {
            $(mod $family {
                $(#[tokio::test]
                async fn $name() {
                    let name = concat!(stringify!($family), "::", stringify!($name));
                    let mut all = super::super::ALL.iter();
                    let scenario = all.find(|scenario| scenario.name == name);
                    scenario.expect("it is in the list").everywhere().await;
                })*
            })*
        }
    };
}

scenarios! {
    access {
        access_points_have_policies_and_rules: Local,
        client_keys_are_made_for_access_points: Local,
    }
    aliases {
        an_alias_names_one_key_at_a_time: Everywhere,
    }
    asymmetric {
        a_pair_encrypts: Everywhere,
        a_pair_signs: Everywhere,
        versions_are_made_by_hand: Local,
    }
    certificates {
        a_certificate_is_requested_and_used: Local,
        what_is_no_certificate_is_refused: Local,
    }
    codes {
        messages_have_codes: Everywhere,
        passwords_are_random: Everywhere,
        a_challenge_is_given: Local,
    }
    crypto {
        a_text_opens_with_its_context_only: Everywhere,
        a_text_is_encrypted_again: Everywhere,
        a_recipient_is_not_served: Local,
    }
    data_keys {
        a_data_key_is_its_own_ciphertext: Everywhere,
        a_data_key_is_exported: Everywhere,
        managed_data_keys_have_versions: Local,
    }
    instances {
        the_instance_is_described: Local,
        the_account_is_enabled: Local,
    }
    keys {
        a_key_is_made_described_and_listed: Everywhere,
        a_key_is_disabled_and_enabled: Everywhere,
        a_key_is_deleted_or_kept: Everywhere,
        a_key_is_rotated: Everywhere,
        a_key_has_a_policy: Everywhere,
    }
    managed_secrets {
        the_service_rotates_them: Local,
    }
    material {
        material_is_imported_and_deleted: Everywhere,
        a_token_expires: Local,
    }
    operations {
        texts_and_data_keys: Local,
        pairs_and_signatures: Local,
        hashes_and_secrets: Local,
    }
    requests {
        a_parameter_that_is_missing_is_named: Everywhere,
    }
    secrets {
        a_secret_has_eight_stages: Local,
        a_secret_has_versions_and_stages: Everywhere,
        a_secret_is_described_listed_and_changed: Everywhere,
        a_secret_is_deleted_and_restored: Everywhere,
    }
    states {
        a_disabled_key_does_nothing: Everywhere,
        a_key_that_waits_for_its_deletion_does_nothing: Everywhere,
        a_key_without_material_does_nothing: Everywhere,
        a_key_that_is_not_there_does_nothing: Everywhere,
    }
    tags {
        a_page_has_200_tags: Local,
        resources_have_tags: Everywhere,
    }
}
