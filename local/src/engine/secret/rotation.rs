//! Rotation of managed secrets: by request, or when it is due by the gateway's clock.

use std::time::{Duration, SystemTime};

use super::super::tables::{Secret, SecretDataType, SecretVersion, Tables};
use super::super::{Engine, Fault, uuid};
use super::managed;
use super::version::{CURRENT, MAX_VERSIONS, NewSecretVersion, PREVIOUS};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Parses the time between rotations: a number with `d`, `h`, `m` or `s`; 6 hours to 365 days.
pub(crate) fn parse_interval(text: &str) -> Result<Duration, Fault> {
    let invalid = || Fault::invalid("RotationInterval");
    let (end, unit) = text.char_indices().next_back().ok_or_else(invalid)?;
    let seconds = match unit {
        'd' => 24 * 60 * 60,
        'h' => 60 * 60,
        'm' => 60,
        's' => 1,
        _ => return Err(invalid()),
    };
    let digits = &text[..end];
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(invalid());
    }
    let number: u64 = digits.parse().map_err(|_| invalid())?;
    let interval = Duration::from_secs(number.checked_mul(seconds).ok_or_else(invalid)?);
    let allowed = 6 * HOUR..=365 * 24 * HOUR;
    if allowed.contains(&interval) { Ok(interval) } else { Err(invalid()) }
}

impl Engine {
    /// Creates a new version of a managed secret, with a value that the service generates. If a
    /// version with this id exists, changes nothing. Returns the secret's name and ARN.
    pub(crate) fn rotate_secret(
        &self,
        secret: &str,
        version_id: &str,
    ) -> Result<(String, String), Fault> {
        let now = self.now();
        let name = {
            let tables = self.read();
            let secret = self.usable_secret(&tables, secret)?;
            if !secret.secret_type.is_managed() {
                return Err(Fault::unsupported_operation());
            }
            secret.name.clone()
        };
        self.rotate(&mut self.write(), &name, version_id.to_owned(), now)?;
        let arn = self.arn(&format!("secret/{name}"));
        Ok((name, arn))
    }

    /// Sets the time between rotations of a managed secret, or disables rotation. Returns the
    /// secret's name.
    pub(crate) fn set_secret_rotation(
        &self,
        secret: &str,
        interval: Option<Duration>,
    ) -> Result<String, Fault> {
        self.change_secret(secret, |secret| {
            if !secret.secret_type.is_managed() {
                return Err(Fault::unsupported_operation());
            }
            secret.rotation_interval = interval;
            Ok(())
        })
    }

    /// Does all rotations of a secret that are due, as if each had happened in time.
    pub(super) fn rotate_if_due(&self, secret: &str) -> Result<(), Fault> {
        let now = self.now();
        let is_due = |secret: &Secret| secret.next_rotation().is_some_and(|at| at <= now);
        if !self.usable_secret(&self.read(), secret).is_ok_and(is_due) {
            return Ok(());
        }
        let tables = &mut *self.write();
        let Ok(secret) = self.usable_secret(tables, secret) else { return Ok(()) };
        let (name, times) = (secret.name.clone(), secret.due_rotations(now));
        for at in times {
            self.rotate(tables, &name, uuid(self.random_array()?), at)?;
        }
        Ok(())
    }

    fn rotate(
        &self,
        tables: &mut Tables,
        name: &str,
        version_id: String,
        at: SystemTime,
    ) -> Result<(), Fault> {
        if tables.secret_versions.contains_key(&(name.to_owned(), version_id.clone())) {
            return Ok(());
        }
        let secret = tables.secrets.get(name).ok_or_else(Fault::resource_not_found)?;
        let secret_type = secret.secret_type;
        let is_double =
            secret.extended_config.get("SecretSubType").is_some_and(|it| it == "DoubleUsers");
        let of_stage = |stage: &str| -> Option<&SecretVersion> {
            tables.versions_of(name).find(|version| version.stages.contains(stage))
        };
        // If there are two accounts, the one that is not in use gets the new password and is used
        // from now on.
        let previous = if is_double { of_stage(PREVIOUS) } else { None };
        let old = previous.or_else(|| of_stage(CURRENT)).ok_or_else(Fault::resource_not_found)?;
        let data = managed::renewed(secret_type, &old.data, at, self)?;
        let version = NewSecretVersion { version_id, data, data_type: SecretDataType::Text };
        version.check()?;
        tables.add_version(version.of(name, at), at);
        if let Some(secret) = tables.secrets.get_mut(name) {
            secret.last_rotation = Some(at);
        }
        Ok(())
    }
}

impl Secret {
    /// Returns the times up to `now` at which the secret should have been rotated.
    ///
    /// If there are many, returns only the last ones, because the versions of the others would
    /// already be deleted. The number of omitted times is even, so that, of two accounts, the same
    /// one is in use as after all rotations.
    fn due_rotations(&self, now: SystemTime) -> Vec<SystemTime> {
        let (Some(first), Some(interval)) = (self.next_rotation(), self.rotation_interval) else {
            return Vec::new();
        };
        let Ok(overdue) = now.duration_since(first) else { return Vec::new() };
        let number = overdue.as_secs() / interval.as_secs().max(1) + 1;
        let left_out = number.saturating_sub(MAX_VERSIONS as u64) / 2 * 2;
        let at = |step: u64| first.checked_add(interval.checked_mul(u32::try_from(step).ok()?)?);
        (left_out..number).filter_map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Fault, parse_interval};

    #[test]
    fn intervals_have_a_unit_and_are_six_hours_to_a_year() {
        for (text, seconds) in [
            ("7d", 604_800),
            ("6h", 21_600),
            ("360m", 21_600),
            ("604800s", 604_800),
            ("365d", 31_536_000),
        ] {
            assert_eq!(parse_interval(text), Ok(Duration::from_secs(seconds)));
        }
        for text in ["", "7", "d", "-7d", "+7d", "7w", "5h", "366d", "99999999999999999999d"] {
            assert_eq!(parse_interval(text), Err(Fault::invalid("RotationInterval")), "{text}");
        }
    }
}
