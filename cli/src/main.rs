//! The command `kms`.

fn main() -> std::process::ExitCode {
    alibabacloud_kms_cli::main()
}
