//! The effect of each action on a key in each state: the service's complete table.
//!
//! The rows up to [`KeyAction::DeleteKeyMaterial`] come from the service's page "Impact of CMK
//! status on API operations", which has no rows for the other actions. Of these, actions that
//! compute with a key follow `Encrypt`. Actions that create versions need an enabled key, as their
//! own pages say. The others read or change properties that every key has.

use super::super::Fault;
use super::super::spec::KeyState;

/// An action on a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeyAction {
    GenerateDataKey,
    GenerateDataKeyWithoutPlaintext,
    Encrypt,
    Decrypt,
    DescribeKey,
    UpdateKeyDescription,
    EnableKey,
    DisableKey,
    ScheduleKeyDeletion,
    CancelKeyDeletion,
    CreateAlias,
    UpdateAlias,
    ListAliasesByKeyId,
    GetParametersForImport,
    ImportKeyMaterial,
    DeleteKeyMaterial,
    GenerateAndExportDataKey,
    ExportDataKey,
    ReEncryptFrom,
    ReEncryptTo,
    GenerateDataKeyPair,
    AsymmetricEncrypt,
    AsymmetricDecrypt,
    AsymmetricSign,
    AsymmetricVerify,
    GetPublicKey,
    GenerateMac,
    VerifyMac,
    CreateKeyVersion,
    UpdateRotationPolicy,
    DescribeKeyVersion,
    ListKeyVersions,
    SetDeletionProtection,
    GetKeyPolicy,
    SetKeyPolicy,
    TagResource,
    UntagResource,
    ListResourceTags,
}

/// A cell of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// The action succeeds.
    Done,
    /// Refused with `Rejected.` and the state.
    Rejected,
    /// Refused with `Rejected.StateModifiedFailed`.
    Unchangeable,
}

use Cell::{Done, Rejected, Unchangeable};
use KeyAction as Action;

/// The columns are `Enabled`, `Disabled`, `PendingDeletion` and `PendingImport`.
const TABLE: &[(Action, [Cell; 4])] = &[
    (Action::GenerateDataKey, [Done, Rejected, Rejected, Rejected]),
    (Action::GenerateDataKeyWithoutPlaintext, [Done, Rejected, Rejected, Rejected]),
    (Action::Encrypt, [Done, Rejected, Rejected, Rejected]),
    (Action::Decrypt, [Done, Rejected, Rejected, Rejected]),
    (Action::DescribeKey, [Done, Done, Done, Done]),
    (Action::UpdateKeyDescription, [Done, Done, Rejected, Done]),
    (Action::EnableKey, [Done, Done, Unchangeable, Unchangeable]),
    (Action::DisableKey, [Done, Done, Unchangeable, Unchangeable]),
    (Action::ScheduleKeyDeletion, [Done, Done, Unchangeable, Done]),
    (Action::CancelKeyDeletion, [Unchangeable, Unchangeable, Done, Unchangeable]),
    (Action::CreateAlias, [Done, Done, Unchangeable, Done]),
    // The row is about the alias's new key; the state of its old key does not matter.
    (Action::UpdateAlias, [Done, Done, Rejected, Done]),
    (Action::ListAliasesByKeyId, [Done, Done, Done, Done]),
    (Action::GetParametersForImport, [Done, Done, Done, Done]),
    (Action::ImportKeyMaterial, [Done, Done, Unchangeable, Done]),
    (Action::DeleteKeyMaterial, [Done, Done, Done, Done]),
    (Action::GenerateAndExportDataKey, [Done, Rejected, Rejected, Rejected]),
    (Action::ExportDataKey, [Done, Rejected, Rejected, Rejected]),
    (Action::ReEncryptFrom, [Done, Rejected, Rejected, Rejected]),
    (Action::ReEncryptTo, [Done, Rejected, Rejected, Rejected]),
    (Action::GenerateDataKeyPair, [Done, Rejected, Rejected, Rejected]),
    (Action::AsymmetricEncrypt, [Done, Rejected, Rejected, Rejected]),
    (Action::AsymmetricDecrypt, [Done, Rejected, Rejected, Rejected]),
    (Action::AsymmetricSign, [Done, Rejected, Rejected, Rejected]),
    (Action::AsymmetricVerify, [Done, Rejected, Rejected, Rejected]),
    (Action::GetPublicKey, [Done, Rejected, Rejected, Rejected]),
    (Action::GenerateMac, [Done, Rejected, Rejected, Rejected]),
    (Action::VerifyMac, [Done, Rejected, Rejected, Rejected]),
    (Action::CreateKeyVersion, [Done, Rejected, Rejected, Rejected]),
    (Action::UpdateRotationPolicy, [Done, Rejected, Rejected, Rejected]),
    (Action::DescribeKeyVersion, [Done, Done, Done, Done]),
    (Action::ListKeyVersions, [Done, Done, Done, Done]),
    (Action::SetDeletionProtection, [Done, Done, Rejected, Done]),
    (Action::GetKeyPolicy, [Done, Done, Done, Done]),
    (Action::SetKeyPolicy, [Done, Done, Done, Done]),
    (Action::TagResource, [Done, Done, Done, Done]),
    (Action::UntagResource, [Done, Done, Done, Done]),
    (Action::ListResourceTags, [Done, Done, Done, Done]),
];

impl KeyState {
    /// Refuses the action if a key in this state does not allow it.
    pub(in crate::engine) fn check(self, action: KeyAction) -> Result<(), Fault> {
        let row = TABLE.iter().find(|(known, _)| *known == action);
        let column = Self::ALL.iter().position(|state| *state == self);
        let cell = row.zip(column).and_then(|((_, cells), column)| cells.get(column));
        match cell {
            Some(Done) => Ok(()),
            Some(Rejected) => Err(self.rejected()),
            Some(Unchangeable) | None => Err(Fault::key_state_unchangeable()),
        }
    }

    /// Creates the refusal with the code `Rejected.` and the state.
    pub(in crate::engine) fn rejected(self) -> Fault {
        let code = match self {
            Self::Enabled => "Rejected.Enabled",
            Self::Disabled => "Rejected.Disabled",
            Self::PendingDeletion => "Rejected.PendingDeletion",
            Self::PendingImport => "Rejected.PendingImport",
        };
        Fault::key_state(code, self.as_str())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{KeyAction, KeyState, TABLE};

    /// The table of the service's page. Below the line are the rows that other pages state or
    /// imply.
    pub(crate) const PAGE: &str = "
        GenerateDataKey                 Success Disabled PendingDeletion PendingImport
        GenerateDataKeyWithoutPlaintext Success Disabled PendingDeletion PendingImport
        Encrypt                         Success Disabled PendingDeletion PendingImport
        Decrypt                         Success Disabled PendingDeletion PendingImport
        DescribeKey                     Success Success  Success         Success
        UpdateKeyDescription            Success Success  PendingDeletion Success
        EnableKey            Success Success StateModifiedFailed StateModifiedFailed
        DisableKey           Success Success StateModifiedFailed StateModifiedFailed
        ScheduleKeyDeletion  Success Success StateModifiedFailed Success
        CancelKeyDeletion    StateModifiedFailed StateModifiedFailed Success StateModifiedFailed
        CreateAlias                     Success Success  StateModifiedFailed Success
        UpdateAlias                     Success Success  PendingDeletion Success
        ListAliasesByKeyId              Success Success  Success         Success
        GetParametersForImport          Success Success  Success         Success
        ImportKeyMaterial               Success Success  StateModifiedFailed Success
        DeleteKeyMaterial               Success Success  Success         Success
        GenerateAndExportDataKey        Success Disabled PendingDeletion PendingImport
        ExportDataKey                   Success Disabled PendingDeletion PendingImport
        ReEncryptFrom                   Success Disabled PendingDeletion PendingImport
        ReEncryptTo                     Success Disabled PendingDeletion PendingImport
        GenerateDataKeyPair             Success Disabled PendingDeletion PendingImport
        AsymmetricEncrypt               Success Disabled PendingDeletion PendingImport
        AsymmetricDecrypt               Success Disabled PendingDeletion PendingImport
        AsymmetricSign                  Success Disabled PendingDeletion PendingImport
        AsymmetricVerify                Success Disabled PendingDeletion PendingImport
        GetPublicKey                    Success Disabled PendingDeletion PendingImport
        GenerateMac                     Success Disabled PendingDeletion PendingImport
        VerifyMac                       Success Disabled PendingDeletion PendingImport
        CreateKeyVersion                Success Disabled PendingDeletion PendingImport
        UpdateRotationPolicy            Success Disabled PendingDeletion PendingImport
        DescribeKeyVersion              Success Success  Success         Success
        ListKeyVersions                 Success Success  Success         Success
        SetDeletionProtection           Success Success  PendingDeletion Success
        GetKeyPolicy                    Success Success  Success         Success
        SetKeyPolicy                    Success Success  Success         Success
        TagResource                     Success Success  Success         Success
        UntagResource                   Success Success  Success         Success
        ListResourceTags                Success Success  Success         Success
    ";

    /// Returns the rows of the table: an action, and a code for each state.
    pub(crate) fn rows() -> Vec<(&'static str, Vec<&'static str>)> {
        let words = |line: &'static str| {
            let mut words = line.split_whitespace();
            words.next().map(|action| (action, words.collect()))
        };
        PAGE.lines().filter_map(words).collect()
    }

    #[test]
    fn every_cell_is_the_pages() {
        let rows = rows();
        assert_eq!(rows.len(), TABLE.len());
        for ((name, cells), (action, _)) in rows.iter().zip(TABLE) {
            assert_eq!(*name, format!("{action:?}"));
            assert_eq!(cells.len(), KeyState::ALL.len());
            for (state, cell) in KeyState::ALL.iter().zip(cells) {
                let expected = match *cell {
                    "Success" => None,
                    code => Some((409, format!("Rejected.{code}"))),
                };
                let fault = state.check(*action).err();
                let fault = fault.map(|fault| (fault.status, fault.code.to_owned()));
                assert_eq!(fault, expected, "{name} {state:?}");
            }
        }
    }

    #[test]
    fn no_action_has_two_rows() {
        let count = |action: KeyAction| TABLE.iter().filter(|(other, _)| *other == action).count();
        assert!(TABLE.iter().all(|(action, _)| count(*action) == 1));
    }

    #[test]
    fn the_message_names_the_state() {
        let fault = KeyState::PendingImport.rejected();
        let message = "The request was rejected because the key state is PendingImport.";
        assert_eq!((fault.code, &*fault.message), ("Rejected.PendingImport", message));
    }
}
