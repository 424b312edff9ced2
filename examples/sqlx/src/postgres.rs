//! A PostgreSQL of our own: Debian's package `postgresql`, in a folder that goes with it.

use std::error::Error;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, process};

use sqlx::postgres::PgConnectOptions;

/// A server that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Postgres {
    /// Starts a server: administrators come through its socket, all others over TCP with a password.
    ///
    /// # Errors
    ///
    /// If PostgreSQL is not installed, or does not start.
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let programs = programs()?;
        let folder = env::temp_dir().join(format!("kms-example-postgres-{}", process::id()));
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { programs, folder, port };
        let data = server.folder.to_str().ok_or("the temporary folder's name is not UTF-8")?;
        server.run(
            "initdb",
            &["-D", data, "-U", "postgres", "--auth-local=trust", "--auth-host=scram-sha-256"],
        )?;
        let options = format!("-p {port} -k {data} -c listen_addresses=127.0.0.1 -c fsync=off");
        let log = format!("{data}/log");
        server.run("pg_ctl", &["start", "-w", "-D", data, "-l", &log, "-o", &options])?;
        Ok(server)
    }

    /// How the administrator connects.
    pub(crate) fn administrator(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass().username("postgres");
        options.socket(&self.folder).port(self.port).database("postgres")
    }

    /// How everybody else does.
    pub(crate) fn over_tcp(&self) -> PgConnectOptions {
        let options = PgConnectOptions::new_without_pgpass().database("postgres");
        options.host("127.0.0.1").port(self.port)
    }

    /// Runs a program of the server's. It refuses to be root: then it is Debian's user for it.
    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), Box<dyn Error>> {
        let program = self.programs.join(program);
        let mut command = if is_root()? {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        // The server outlives `pg_ctl` and would hold its output open.
        let command = command.args(arguments).current_dir("/").stdout(Stdio::null());
        let status = command.stderr(Stdio::null()).status()?;
        if status.success() {
            return Ok(());
        }
        Err(format!("{} failed with {status}", program.display()).into())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(data) = self.folder.to_str() {
            // What matters is over: a server that does not stop goes with the machine.
            let _ = self.run("pg_ctl", &["stop", "-m", "immediate", "-D", data]);
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn is_root() -> Result<bool, Box<dyn Error>> {
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

/// The folder of the newest server's programs.
fn programs() -> Result<PathBuf, Box<dyn Error>> {
    let missing = "PostgreSQL is not installed: apt-get install postgresql";
    let versions = fs::read_dir("/usr/lib/postgresql").map_err(|_| missing)?;
    let programs = versions.filter_map(|version| Some(version.ok()?.path().join("bin")));
    let newest = programs.filter(|programs| programs.join("initdb").exists()).max_by_key(|path| {
        let version = path.parent().and_then(Path::file_name).and_then(|name| name.to_str());
        version.and_then(|version| version.parse::<u32>().ok())
    });
    newest.ok_or_else(|| missing.into())
}
