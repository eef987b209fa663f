//! What a start stops at: each with one line that says what is wrong, where, and what to do; never with a password in it.

use super::{kill::waybill, replicas::fresh_database, support::nats::Nats};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::Path;
use tempfile::tempdir;

/// Runs a command on a database that cannot be used; what it says.
fn refused(folder: &Path, url: &str, arguments: &[&str]) -> String {
    let output = waybill(folder).env("WAYBILL_DATABASE_URL", url).args(arguments).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success(), "{arguments:?} on {url} was good: {said}");
    assert_eq!(said.lines().count(), 1, "{arguments:?} on {url}: {said}");
    assert!(said.starts_with("waybill: the database "), "{said}");
    said
}

fn serve(folder: &Path, url: &str) -> String {
    refused(folder, url, &["serve", "--listen", "127.0.0.1:0"])
}

#[test]
fn files_that_cannot_be_used() {
    let folder = tempdir().expect("a folder");
    std::fs::write(folder.path().join("letter.txt"), "Dear Madam or Sir, ".repeat(100)).expect("written");
    assert!(waybill(folder.path()).args(["migrate"]).status().expect("it runs").success());
    for (url, expected) in [
        (
            "sqlite://nowhere/waybill.db",
            "nowhere/waybill.db: the folder nowhere does not exist: create it, or correct the address",
        ),
        ("sqlite://.", "sqlite://.: . is a folder: the address must name a file"),
        ("sqlite://letter.txt", "letter.txt: the file is no SQLite database: correct the address, or restore a backup"),
    ] {
        for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["user", "list"], &["policy", "show"]] {
            let said = refused(folder.path(), url, arguments);
            assert!(said.contains(expected), "{arguments:?} on {url}: {said}");
        }
    }
    let said = refused(folder.path(), "sqlite://none.db", &["migrate", "--status"]);
    assert!(said.contains("the file none.db does not exist: "), "{said}");
    assert!(!folder.path().join("none.db").exists(), "asking makes nothing");
}

#[test]
fn a_file_that_another_process_serves() {
    let folder = tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("waybill.db").display());
    let mut first = waybill(folder.path())
        .env("WAYBILL_DATABASE_URL", &url)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("it starts");
    let told = std::io::BufRead::lines(std::io::BufReader::new(first.stderr.take().expect("its words")));
    let is_serving = |line: std::io::Result<String>| line.expect("reads").contains("serving");
    assert!(told.into_iter().any(is_serving), "it ended instead");
    let said = serve(folder.path(), &url);
    assert!(said.contains("another `waybill serve` has") && said.contains("stop it first"), "{said}");
    // Of its files nobody else reads anything.
    for end in ["", "-wal", "-shm", ".serving"] {
        let mode = std::fs::metadata(folder.path().join(format!("waybill.db{end}"))).expect(end).permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600, "{end}");
    }
    // What is no server works beside it.
    assert!(waybill(folder.path()).env("WAYBILL_DATABASE_URL", &url).args(["user", "list"]).status().expect("it runs").success());
    // However it ends, it is over then.
    first.kill().expect("killed");
    first.wait().expect("ended");
    let mut next = waybill(folder.path());
    next.env("WAYBILL_DATABASE_URL", &url).args(["serve", "--listen", "127.0.0.1:0"]).stderr(std::process::Stdio::piped());
    let mut next = next.stdout(std::process::Stdio::null()).spawn().expect("it starts");
    let told = std::io::BufRead::lines(std::io::BufReader::new(next.stderr.take().expect("its words")));
    assert!(told.into_iter().any(is_serving), "it ended instead");
    next.kill().expect("killed");
    next.wait().expect("ended");
}

#[cfg(unix)]
#[test]
fn a_file_that_may_only_be_read() {
    use std::os::unix::{
        fs::{MetadataExt, PermissionsExt},
        process::CommandExt,
    };
    let folder = tempdir().expect("a folder");
    let file = folder.path().join("waybill.db");
    assert!(waybill(folder.path()).args(["migrate"]).status().expect("it runs").success());
    let permit = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permitted");
    permit(&file, 0o444);
    permit(folder.path(), 0o555);
    let mut command = waybill(folder.path());
    if std::fs::metadata(&file).expect("is there").uid() == 0 {
        // Root may write everywhere: somebody else runs it, from a place that everybody reaches.
        permit(folder.path(), 0o755);
        let program = folder.path().join("waybill");
        std::fs::copy(env!("CARGO_BIN_EXE_waybill"), &program).expect("copied");
        command = std::process::Command::new(program);
        command.current_dir(folder.path()).env_clear().uid(65_534).gid(65_534);
    }
    let output = command.args(["serve", "--listen", "127.0.0.1:0"]).output().expect("it runs");
    permit(folder.path(), 0o755);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.lines().count() == 1, "{said}");
    assert!(said.contains("whoever runs this must be able to write to the file and to its folder"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_full_disk() {
    let folder = tempdir().expect("a folder");
    // A limit of the size of files stands for the end of the disk: 16 blocks of 512 bytes.
    let script = r#"trap '' XFSZ; ulimit -f 16; exec "$0" migrate"#;
    let output = std::process::Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_waybill")])
        .current_dir(folder.path())
        .env_remove("WAYBILL_DATABASE_URL")
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.lines().count() == 1, "{said}");
    assert!(said.contains("the disk is full: make room") || said.contains("is it full, or failing?"), "{said}");
    // With room again it starts as if nothing had been.
    assert!(waybill(folder.path()).args(["migrate"]).status().expect("it runs").success());
}

#[tokio::test]
async fn a_broker_that_does_not_let_us_in() {
    let folder = tempdir().expect("a folder");
    let mut nats = Nats::absent();
    nats.begin_with(&["--user", "waybill", "--pass", "the-right-one"]).await;
    let address = nats.url().replace("nats://", "nats://waybill:hush-hush@");
    let mut command = waybill(folder.path());
    command.env("WAYBILL_NATS_URL", address).env("WAYBILL_NATS_SOURCES", "*").args(["serve", "--listen", "127.0.0.1:0"]);
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && !said.contains("hush-hush"), "{said}");
    // What comes before is the log of a start.
    let said = said.lines().last().expect("it says why");
    assert!(said.starts_with("waybill: the broker "), "{said}");
    assert!(said.contains("check the name and the password") && said.contains(&nats.url()), "{said}");
}

#[tokio::test]
async fn servers_that_cannot_be_used() {
    let folder = tempdir().expect("a folder");
    let url = fresh_database().await;
    let (server, name) = url.rsplit_once('/').expect("an address");
    let host = server.rsplit_once('@').expect("a person").1;
    let mut connection = PgConnection::connect(&format!("{server}/postgres")).await.expect("the server answers");
    let run = async |connection: &mut PgConnection, sql: String| {
        sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(connection).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    };

    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr()).expect("a port").port();
    let said = serve(folder.path(), &format!("postgres://waybill:hush-hush@127.0.0.1:{free}/waybill"));
    assert!(
        said.contains(&format!("postgres://waybill@127.0.0.1:{free}/waybill: the database server cannot be reached (")),
        "{said}"
    );
    assert!(!said.contains("hush-hush"), "{said}");

    let said = serve(folder.path(), &format!("{server}/{name}_none"));
    assert!(said.contains("does not exist): create it first"), "{said}");

    let said = serve(folder.path(), &format!("{url}?sslmode=require"));
    assert!(said.contains("no encrypted connection to the database server ("), "{said}");

    let ascii = format!("{name}_ascii");
    run(&mut connection, format!("CREATE DATABASE {ascii} ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0")).await;
    let said = serve(folder.path(), &format!("{server}/{ascii}"));
    assert!(said.contains("the database's encoding is SQL_ASCII: Waybill needs UTF8"), "{said}");
    run(&mut connection, format!("DROP DATABASE {ascii}")).await;

    // Somebody who may sign in, and nothing else.
    let guest = format!("{name}_guest");
    run(&mut connection, format!("CREATE ROLE {guest} LOGIN PASSWORD 'the right one'")).await;
    let guests = format!("postgres://{guest}:the%20right%20one@{host}/{name}");
    let said = refused(folder.path(), &guests, &["migrate"]);
    assert!(said.contains("may not create tables in schema public): whom the address names must own the database"), "{said}");
    assert!(waybill(folder.path()).env("WAYBILL_DATABASE_URL", &url).args(["migrate"]).status().expect("it runs").success());
    assert!(serve(folder.path(), &guests).contains("permission denied for table _sqlx_migrations): whom the address names"));
    let mut inside = PgConnection::connect(&url).await.expect("the database is there");
    run(&mut inside, format!("GRANT SELECT ON ALL TABLES IN SCHEMA public TO {guest}")).await;
    assert!(serve(folder.path(), &guests).contains("may not read and write the table api_keys): whom the address names"));
    run(&mut inside, format!("GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {guest}")).await;
    assert!(serve(folder.path(), &guests).contains("may not create tables in schema public): whom the address names"));
    run(&mut inside, format!("GRANT CREATE ON SCHEMA public TO {guest}")).await;
    assert!(serve(folder.path(), &guests).contains("does not own the tables, and each month has one of its own): whom"));
    run(&mut connection, format!("ALTER ROLE {guest} SET default_transaction_read_only = on")).await;
    assert!(serve(folder.path(), &guests).contains("this server or this role only reads: "));

    // The server asks this one for the password from now on.
    let hba: (String,) = sqlx::query_as("SHOW hba_file").fetch_one(&mut connection).await.expect("a file");
    let rules: (String,) =
        sqlx::query_as("SELECT pg_read_file(current_setting('hba_file'))").fetch_one(&mut connection).await.expect("its text");
    let asked = format!("host all {guest} all scram-sha-256\n{}", rules.0);
    let rule = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    let lines: Vec<String> = asked.lines().filter(rule).map(|line| format!("('{}')", line.replace('\'', "''"))).collect();
    // Text of a CSV file whose quotes and separators nothing contains: the lines as they are.
    let write = |lines: &[String]| {
        format!("COPY (VALUES {}) TO '{}' (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')", lines.join(", "), hba.0)
    };
    run(&mut connection, write(&lines)).await;
    run(&mut connection, "SELECT pg_reload_conf()".into()).await;
    for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["migrate"], &["migrate", "--status"], &["apikey", "list"]] {
        let wrong = format!("postgres://{guest}:a-wrong-one@{host}/{name}");
        // The server reads its rules in its own time: until then this one is let in, and refused for another reason.
        let mut tries = 0;
        let said = loop {
            let said = match waybill(folder.path()).env("WAYBILL_DATABASE_URL", &wrong).args(arguments).output().expect("it runs")
            {
                output if output.status.success() => String::new(),
                _ => refused(folder.path(), &wrong, arguments),
            };
            tries += 1;
            if said.contains("password") || tries > 100 {
                break said;
            }
        };
        assert!(said.contains("password authentication failed for user"), "{said}");
        assert!(said.contains("): check the password in the address") && !said.contains("a-wrong-one"), "{said}");
    }
    run(&mut connection, write(&lines[1..])).await;
    run(&mut connection, "SELECT pg_reload_conf()".into()).await;

    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                 VALUES (9000, 'of tomorrow', true, '', 0)";
    run(&mut inside, newer.into()).await;
    run(&mut inside, "UPDATE schema_serves SET since = 9000".into()).await;
    assert!(serve(folder.path(), &url).contains("the database has schema version 9000, this build knows up to"));
}
