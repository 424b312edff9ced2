use super::*;

fn words(command: &str) -> Vec<String> {
    let words = Words::split(command).expect(command);
    words.iter().map(str::to_owned).collect()
}

#[test]
fn a_command_is_split_as_a_shell_would_and_nothing_is_expanded() {
    for (command, expected) in [
        ("", &[][..]),
        (" \t\n", &[]),
        ("get-key --role app", &["get-key", "--role", "app"]),
        (r#"'/opt/my tool' "a b" c'd e'f"#, &["/opt/my tool", "a b", "cd ef"]),
        (r#"a '' "" b"#, &["a", "", "", "b"]),
        (r#"'a\b"c' "it's""#, &[r#"a\b"c"#, "it's"]),
        ("$HOME `id` *.json ~ a|b >c", &["$HOME", "`id`", "*.json", "~", "a|b", ">c"]),
    ] {
        assert_eq!(words(command), expected, "{command}");
    }
    for command in ["a 'b", r#"a "b"#, r#"a "b'"#] {
        assert_eq!(Words::split(command).err().expect(command).kind(), ErrorKind::Credential);
    }
}

#[cfg(not(windows))]
#[test]
fn a_backslash_takes_what_follows_as_it_is() {
    assert_eq!(words(r#"a\ b \'c "\"\\\$\`\n""#), ["a b", "'c", r#""\$`\n"#]);
    assert!(Words::split(r"a\").is_err());
}

#[cfg(windows)]
#[test]
fn a_backslash_is_a_part_of_a_path() {
    assert_eq!(words(r#"C:\a\b "C:\c d\e" "\"f\"""#), [r"C:\a\b", r"C:\c d\e", r#""f""#]);
}

fn parsed(output: &str) -> Result<Temporary, Error> {
    parse(output.as_bytes())
}

#[test]
fn an_output_is_an_access_key_or_a_temporary_one() {
    let key = r#""access_key_id":"id","access_key_secret":"s""#;
    for (output, credential) in [
        (format!("{{{key}}}"), Credential::access_key("id", "s")),
        (format!(r#"{{"mode":"AK",{key},"sts_token":""}}"#), Credential::access_key("id", "s")),
        (
            format!(r#"{{"mode":"StsToken",{key},"sts_token":"t"}}"#),
            Credential::sts("id", "s", "t"),
        ),
        (format!(r#"{{{key},"sts_token":"t","more":[1]}}"#), Credential::sts("id", "s", "t")),
    ] {
        use crate::ProvideCredential as _;
        let loaded = parsed(&output).expect(&output);
        assert_eq!(loaded.credential.identity(), credential.identity(), "{output}");
        assert_eq!(loaded.expires_at, None);
    }
    let ending = format!(r#"{{{key},"expiration":"2026-11-23T08:00:00Z"}}"#);
    assert!(parsed(&ending).expect("a credential").expires_at.is_some());
}

#[test]
fn an_output_that_is_not_whole_is_refused_without_a_word_of_it() {
    for output in [
        "",
        "canary",
        "[]",
        r#"{"access_key_id":"canary"}"#,
        r#"{"access_key_id":"","access_key_secret":"canary"}"#,
        r#"{"access_key_id":"canary","access_key_secret":{}}"#,
        r#"{"mode":"StsToken","access_key_id":"i","access_key_secret":"canary"}"#,
        r#"{"mode":"canary","access_key_id":"i","access_key_secret":"canary"}"#,
        r#"{"access_key_id":"i","access_key_secret":"canary","expiration":"canary"}"#,
    ] {
        let error = parsed(output).expect_err(output);
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(!format!("{error:?}").contains("canary"), "{output}");
    }
}

#[cfg(unix)]
mod running {
    use std::future::Future;
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::path::PathBuf;

    use super::*;

    #[tokio::test]
    async fn a_program_knows_the_variables_and_its_complaints_are_thrown_away() {
        let json = r#"{"access_key_id":"i","access_key_secret":"s"}"#;
        run(&format!("sh -c 'echo canary >&2; echo '\\''{json}'\\'").into()).await.expect("a key");
        // It knows the variables that cargo set for this process.
        let known = r#"test "$CARGO_PKG_NAME" = alibabacloud-kms"#;
        run(&format!("sh -c '{known} && echo '\\''{json}'\\'").into()).await.expect("a key");
        // It waits for its input to end.
        run(&format!("sh -c 'cat; echo '\\''{json}'\\'").into()).await.expect("a key");
    }

    #[tokio::test]
    async fn a_program_that_fails_or_talks_too_much_is_named_by_its_end_alone() {
        for command in [
            "",
            "/no/such/canary",
            "sh -c 'echo canary; echo canary >&2; exit 3'",
            "sh -c 'kill -9 $$ canary'",
            "sh -c 'yes canary'",
        ] {
            let error = run(&command.into()).await.expect_err(command);
            assert_eq!(error.kind(), ErrorKind::Credential);
            assert!(!format!("{error:?} {error}").contains("canary"), "{command}: {error:?}");
        }
    }

    /// A program that holds a pipe open for as long as it lives.
    struct Endless {
        pipe: PathBuf,
    }

    impl Endless {
        fn new(name: &str) -> Self {
            let name = format!("kms-external-{}-{name}", std::process::id());
            let pipe = std::env::temp_dir().join(name);
            let made = std::process::Command::new("mkfifo").arg(&pipe).status();
            assert!(made.expect("mkfifo").success());
            Self { pipe }
        }

        fn command(&self) -> SecretString {
            // The shell becomes what sleeps: nothing else holds the pipe.
            let pipe = self.pipe.display();
            format!("sh -c 'exec 3>{pipe}; echo up >&3; exec sleep 1000'").into()
        }

        /// Waits until the program is up; the future that is given back until it is not.
        async fn up(&self) -> impl Future<Output = ()> + use<> {
            let pipe = self.pipe.clone();
            let up = tokio::task::spawn_blocking(move || {
                let mut pipe = BufReader::new(std::fs::File::open(pipe).expect("a pipe"));
                pipe.read_line(&mut String::new()).expect("a line");
                pipe
            });
            let mut pipe = up.await.expect("no panic");
            async move {
                let down = tokio::task::spawn_blocking(move || pipe.read(&mut [0]));
                assert_eq!(down.await.expect("no panic").expect("an end"), 0);
            }
        }
    }

    impl Drop for Endless {
        fn drop(&mut self) {
            // Only a test that failed leaves it.
            let _ = std::fs::remove_file(&self.pipe);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_program_that_does_not_end_is_killed_when_its_minute_is_over() {
        let endless = Endless::new("limit");
        let command = endless.command();
        let running = tokio::spawn(async move { run(&command).await });
        let down = endless.up().await;
        let error = running.await.expect("no panic").expect_err("no output");
        let cause = std::error::Error::source(&error).and_then(Error::find).expect("a cause");
        assert_eq!(cause.kind(), ErrorKind::Timeout);
        down.await;
    }

    #[tokio::test]
    async fn a_program_for_which_nobody_waits_is_killed() {
        let endless = Endless::new("drop");
        let command = endless.command();
        let running = tokio::spawn(async move { run(&command).await });
        let down = endless.up().await;
        running.abort();
        down.await;
    }
}
