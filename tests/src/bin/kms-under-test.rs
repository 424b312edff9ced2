//! The command `kms`, where cargo tells the suites its path.

fn main() -> std::process::ExitCode {
    alibabacloud_kms_cli::main()
}
