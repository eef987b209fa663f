//! The `waybill` command as a process: what it refuses to start with, and how it stops.
#![expect(clippy::disallowed_methods, reason = "no runtime runs here: a thread may wait for a process")]

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread::JoinHandle,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Longer than a busy machine needs: a process that has not ended by then does not end.
const PATIENCE: Duration = Duration::from_mins(1);

fn waybill(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_waybill"));
    command.current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

fn output(command: &mut Command) -> (bool, String, String) {
    let Output { status, stdout, stderr } = command.output().expect("it runs");
    (status.success(), String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned())
}

#[test]
fn settings_that_cannot_be_are_refused_in_one_line() {
    let folder = folder();
    std::fs::write(folder.path().join("bad.toml"), "listen = \"127.0.0.1:1\"\nbehind_prxy = true\n").expect("written");
    /// Arguments, variables, and how the line begins.
    type Case = (&'static [&'static str], &'static [(&'static str, &'static str)], &'static str);
    let cases: [Case; 8] = [
        (&["serve", "--listen", "0.0.0.0:80"], &[], "waybill: `listen` is not a loopback address"),
        (&["serve"], &[("WAYBILL_LISTN", "x")], "waybill: WAYBILL_LISTN: there is no setting `listn` (did you mean `listen`?)"),
        (
            &["serve", "--config", "bad.toml"],
            &[],
            "waybill: bad.toml: there is no setting `behind_prxy` (did you mean `behind_proxy`?)",
        ),
        (&["serve", "--set", "session_hours=x"], &[], "waybill: --set session_hours: `session_hours` must be a whole number"),
        (&["serve", "--roles", "http,cook"], &[], "waybill: `settings` `roles` are http, intake and worker"),
        (&["config", "check", "--set", "roles="], &[], "waybill: `settings` `roles` must name at least one"),
        (&["config", "check", "--config", "none.toml"], &[], "waybill: none.toml: No such file"),
        (&["config", "check", "--set", "time_zone=Mars"], &[], "waybill: `time_zone` is not an IANA zone"),
    ];
    for (arguments, variables, line) in cases {
        let (good, _, said) = output(waybill(folder.path()).args(arguments).envs(variables.iter().copied()));
        assert!(!good && said.starts_with(line), "{arguments:?} {variables:?} said {said:?}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn the_defaults_are_printed_as_they_are_documented() {
    let folder = folder();
    let (good, printed, _) = output(waybill(folder.path()).args(["config", "print", "--defaults"]));
    assert!(good && printed.starts_with("# Waybill's settings"));
    std::fs::write(folder.path().join("waybill.toml"), printed).expect("written");
    let (good, said, _) = output(waybill(folder.path()).args(["config", "check"]));
    assert!(good, "the printed defaults are a file that holds: {said}");
    let token = [("WAYBILL_METRICS_TOKEN", "hush-hush")];
    let (good, printed, _) = output(waybill(folder.path()).args(["config", "print"]).envs(token));
    assert!(good && printed.contains("metrics_token = \"(hidden)\"") && !printed.contains("hush-hush"));
}

#[test]
fn a_newer_schema_is_refused_and_says_why() {
    let folder = folder();
    assert!(output(waybill(folder.path()).arg("migrate")).0);
    let (_, status, _) = output(waybill(folder.path()).args(["migrate", "--status"]));
    assert!(status.contains("up to date"), "{status}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        use sqlx::Connection;
        let url = format!("sqlite://{}", folder.path().join("waybill.db").display());
        let mut connection = sqlx::SqliteConnection::connect(&url).await.expect("opens");
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                     VALUES (9000, 'of tomorrow', 1, x'00', 0)";
        sqlx::query(newer).execute(&mut connection).await.expect("written");
        let breaks = "UPDATE schema_serves SET since = 9000";
        sqlx::query(breaks).execute(&mut connection).await.expect("written");
        connection.close().await.expect("closed");
    });
    let (good, _, said) = output(waybill(folder.path()).args(["serve", "--listen", "127.0.0.1:0"]));
    assert!(!good && said.contains("the database has schema version 9000, this build knows up to"), "{said}");
    let (_, status, _) = output(waybill(folder.path()).args(["migrate", "--status"]));
    assert!(status.contains("a newer Waybill wrote it"), "{status}");
}

#[test]
fn people_and_keys_are_managed_from_the_command_line() {
    let folder = folder();
    let run = |arguments: &[&str]| output(waybill(folder.path()).args(arguments));
    let (good, said, _) = run(&["user", "add", "Amira", "--role", "finance-lead", "--region", "EMEA"]);
    assert!(good && said.contains("added amira as finance_lead") && said.contains("password (shown once): "), "{said}");
    let (good, _, said) = run(&["user", "add", "amira", "--role", "viewer"]);
    assert!(!good && said == "waybill: amira exists already\n", "{said}");
    let (good, _, said) = run(&["user", "add", "bo", "--role", "king"]);
    assert!(!good && said.contains("is one of viewer, dispatcher"), "{said}");
    let list = run(&["user", "list"]).1;
    assert!(list.contains("amira  finance_lead  live         EMEA/all"), "{list}");
    assert!(run(&["user", "passwd", "amira"]).1.contains("password (shown once): "));
    assert!(run(&["user", "disable", "amira"]).0 && run(&["user", "list"]).1.contains("disabled"));
    assert!(run(&["user", "enable", "amira"]).0 && run(&["user", "sessions", "revoke", "amira"]).1.contains("0 sessions"));
    let (good, made, _) = run(&["apikey", "create", "tms", "--source", "tms/*", "--environment", "sandbox"]);
    assert!(good && made.contains("secret (shown once): wb_"), "{made}");
    assert!(run(&["apikey", "list"]).1.contains("in force"));
    assert!(run(&["apikey", "revoke", "tms"]).0 && run(&["apikey", "list"]).1.contains("revoked"));
    assert!(!run(&["apikey", "revoke", "tms"]).0);
}

#[test]
fn a_given_password_is_read_from_the_standard_input() {
    let folder = folder();
    let mut command = waybill(folder.path());
    command.args(["user", "add", "bo", "--role", "viewer", "--password-stdin"]).stdin(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    child.stdin.take().expect("piped").write_all(b"a password of mine\n").expect("written");
    let said = child.wait_with_output().expect("it ends");
    assert!(said.status.success() && !String::from_utf8_lossy(&said.stdout).contains("password"));
}

const SIGN_IN: &str = "POST /sign-in HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded";

/// A server that a test has started.
struct Server {
    child: Child,
    address: String,
    log: Option<JoinHandle<Vec<String>>>,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().expect("it starts");
        let mut lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        // As text or as JSON.
        let address = lines.find_map(|line| {
            let line = line.expect("text").replace("\":\"", "=");
            let rest = line.split_once("address=")?.1;
            Some(rest.split([' ', '"']).next().unwrap_or_default().to_owned())
        });
        // Somebody has to read on, or the server would wait for its log.
        let log = std::thread::spawn(move || lines.map_while(Result::ok).collect());
        Self { child, address: address.expect("it says where it serves"), log: Some(log) }
    }

    /// Sends a request whose connection ends with the answer.
    fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "{head}\r\nhost: a\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer
    }

    /// Stops in order; answers with the log after the first line.
    fn stop(mut self) -> Vec<String> {
        self.signal("-TERM");
        assert!(self.ends());
        self.log.take().expect("only stopping takes it").join().expect("read to its end")
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("it listens");
        stream.set_read_timeout(Some(PATIENCE)).expect("set");
        stream
    }

    fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill runs").success());
    }

    /// Whether it ends in order, and at all.
    fn ends(&mut self) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_stopping_server_lets_the_request_under_way_end() {
    let folder = folder();
    let mut server = Server::start(waybill(folder.path()).args(["serve", "--listen", "127.0.0.1:0"]));
    let (mut idle, mut busy) = (server.connect(), server.connect());
    idle.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n").expect("sent");
    let mut buffer = [0; 512];
    assert!(idle.read(&mut buffer).expect("answered") > 0);
    // A form whose body is still on its way: the request has begun, so it is answered.
    busy.write_all(b"POST /sign-in HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 17\r\n\r\nname=a&")
        .expect("sent");
    std::thread::sleep(Duration::from_millis(300));
    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(300));
    assert!(TcpStream::connect(&server.address).is_err(), "nobody new is let in");
    assert_eq!(idle.read(&mut buffer).expect("closed in order"), 0, "who waits for nothing is let go");
    busy.write_all(b"password=b").expect("sent");
    let mut answer = String::new();
    busy.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(server.ends());
}

#[test]
fn the_demonstration_prints_a_sign_in_that_works_and_keeps_it() {
    let folder = folder();
    let passwords = || std::fs::read_to_string(folder.path().join("waybill.db.sign-in")).expect("kept beside the database");
    let mut kept = String::new();
    // A person of live business who happens to have a name that the demonstration would use.
    assert!(output(waybill(folder.path()).args(["user", "add", "viewer", "--role", "viewer"])).0);
    for _ in 0..2 {
        let mut server = Server::start(waybill(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--demo"]));
        let mut printed = BufReader::new(server.child.stdout.take().expect("piped")).lines();
        let password = printed.find_map(|line| line.expect("text").trim().strip_prefix("password  ").map(str::to_owned));
        let password = password.expect("printed");
        let body = format!("name=admin&password={password}");
        let answer = server.ask(SIGN_IN, &body);
        assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("set-cookie: waybill="), "{answer}");
        assert!(passwords().contains(&format!("admin {password}")) && passwords().contains("demo-viewer "));
        assert!(kept.is_empty() || kept == passwords(), "the second start keeps the passwords");
        kept = passwords();
        server.signal("-INT");
        assert!(server.ends());
    }
}

#[test]
fn a_demonstration_that_was_told_elsewhere_keeps_its_passwords() {
    let folder = folder();
    let start = || {
        let mut server = Server::start(waybill(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--demo"]));
        let mut printed = BufReader::new(server.child.stdout.take().expect("piped")).lines();
        let words = printed.find_map(|line| line.expect("text").trim().strip_prefix("password  ").map(str::to_owned));
        // It has not printed all of it yet.
        (server, words.expect("printed"), printed)
    };
    let (mut server, password, _printed) = start();
    server.signal("-INT");
    assert!(server.ends());
    std::fs::remove_file(folder.path().join("waybill.db.sign-in")).expect("it was kept there");
    let (server, words, _printed) = start();
    assert!(words.starts_with("as it was first given out"), "{words}");
    let answer = server.ask(SIGN_IN, &format!("name=admin&password={password}"));
    assert!(answer.starts_with("HTTP/1.1 303"), "{answer}");
}

#[test]
fn a_request_that_takes_too_long_is_ended() {
    let folder = folder();
    let flags = ["serve", "--listen", "127.0.0.1:0", "--set", "request_timeout_seconds=1"];
    let server = Server::start(waybill(folder.path()).args(flags));
    let mut slow = server.connect();
    write!(slow, "{SIGN_IN}\r\nhost: a\r\nconnection: close\r\ncontent-length: 100\r\n\r\nname=").expect("sent");
    let mut answer = String::new();
    slow.read_to_string(&mut answer).expect("answered");
    assert!(answer.starts_with("HTTP/1.1 503") && answer.contains("there was no answer within 1 s"), "{answer}");
    assert!(server.stop().iter().any(|line| line.contains("nobody can sign in yet")), "and a new database says what to do first");
}

#[test]
fn metrics_may_have_a_listener_of_their_own_which_serves_nothing_else() {
    let folder = folder();
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|taken| taken.local_addr()).expect("a free port").port();
    let own = format!("metrics_listen=127.0.0.1:{port}");
    let mut server = Server::start(waybill(folder.path()).args(["serve", "--listen", "127.0.0.1:0", "--set", &own]));
    assert!(server.ask("GET /metrics HTTP/1.1", "").starts_with("HTTP/1.1 404"));
    server.address = format!("127.0.0.1:{port}");
    let answer = server.ask("GET /metrics HTTP/1.1", "");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("waybill_http_requests_total"), "{answer}");
    assert!(server.ask("GET /healthz HTTP/1.1", "").starts_with("HTTP/1.1 404"));
}

#[test]
fn the_log_is_json_with_the_requests_id_and_without_secrets() {
    let folder = folder();
    let flags = ["serve", "--listen", "127.0.0.1:0", "--set", "log_format=json", "--log", "debug"];
    let server = Server::start(waybill(folder.path()).args(flags));
    server.ask(&format!("{SIGN_IN}\r\nx-request-id: r-42"), "name=somebody&password=hush-hush-1");
    server.ask("GET /api/v1/users HTTP/1.1\r\nauthorization: Bearer wb_hush-hush-2\r\ncookie: waybill=hush-hush-3", "");
    let log = server.stop();
    let lines: Vec<serde_json::Value> = log.iter().map(|line| serde_json::from_str(line).expect("a JSON line")).collect();
    let answered = lines.iter().find(|line| line["span"]["request.id"] == "r-42" && line["message"] == "answered");
    let answered = answered.expect("a line about the request");
    assert_eq!((answered["http.route"].as_str(), answered["http.status"].as_u64()), (Some("/sign-in"), Some(401)));
    assert!(!log.join("\n").contains("hush-hush"));
}
