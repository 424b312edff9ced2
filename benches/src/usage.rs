//! What this process uses of the system.

use std::fs;

/// Memory and open files at a moment.
#[derive(Debug, Clone, Copy)]
pub struct Usage {
    /// Resident memory in KiB.
    pub resident: u64,
    /// Open files and sockets.
    pub files: u64,
}

/// Returns what is used now. Linux only.
pub fn usage() -> Usage {
    let status = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse().ok());
    let files = fs::read_dir("/proc/self/fd").expect("Linux has it").count() as u64;
    Usage { resident: resident.expect("a number of kB"), files }
}

impl Usage {
    /// Writes the mean and the maximum of the first and of the second half.
    pub fn halves(usages: &[Self]) -> String {
        let (first, second) = usages.split_at(usages.len() / 2);
        let row = |name: &str, half: &[Self]| {
            let mean = half.iter().map(|it| it.resident).sum::<u64>() / half.len().max(1) as u64;
            let most = |of: fn(&Self) -> u64| half.iter().map(of).max().unwrap_or_default();
            let (resident, files) = (most(|it| it.resident), most(|it| it.files));
            let (mean, resident) = (mean as f64 / 1024.0, resident as f64 / 1024.0);
            format!("| {name} | {mean:.1} | {resident:.1} | {files} |\n")
        };
        let head =
            "| half | MiB resident, mean | most | files and sockets, most |\n|---|--:|--:|--:|\n";
        format!("{head}{}{}", row("first", first), row("second", second))
    }
}
