//! The modes in which the CLI's profiles sign in.

/// The `mode` of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Ak,
    StsToken,
    RamRoleArn,
    EcsRamRole,
    /// The CLI's older name for a role that the instance's role assumes.
    RamRoleArnWithRoleName,
    ChainableRamRoleArn,
    Oidc,
    CredentialsUri,
    External,
    CloudSso,
    OAuth,
    BearerToken,
    RsaKeyPair,
    Anonymous,
}

/// The names in the file. They are case-sensitive, as in the official SDKs.
const NAMES: [(&str, Mode); 14] = [
    ("AK", Mode::Ak),
    ("StsToken", Mode::StsToken),
    ("RamRoleArn", Mode::RamRoleArn),
    ("EcsRamRole", Mode::EcsRamRole),
    ("RamRoleArnWithRoleName", Mode::RamRoleArnWithRoleName),
    ("ChainableRamRoleArn", Mode::ChainableRamRoleArn),
    ("OIDC", Mode::Oidc),
    ("CredentialsURI", Mode::CredentialsUri),
    ("External", Mode::External),
    ("CloudSSO", Mode::CloudSso),
    ("OAuth", Mode::OAuth),
    ("BearerToken", Mode::BearerToken),
    ("RsaKeyPair", Mode::RsaKeyPair),
    ("Anonymous", Mode::Anonymous),
];

impl Mode {
    /// Returns the mode of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, mode)| *mode)
    }

    /// Returns its name in the file.
    pub(super) fn name(self) -> &'static str {
        NAMES.iter().find(|(_, mode)| *mode == self).map_or("", |(name, _)| name)
    }

    /// Returns the names of all modes, for errors.
    pub(super) fn names() -> String {
        NAMES.map(|(name, _)| name).join(", ")
    }
}
