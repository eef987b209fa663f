//! `Dockerfile` and `compose.yaml` say what is so: files that are there, settings that exist and are sound, the address that tells readiness.
//! No container engine runs here.

use super::arrows::workspace;
use std::{collections::BTreeSet, fs};
use waybill_server::config::Layers;
use yaml_rust2::{Yaml, YamlLoader};

fn text(file: &str) -> String {
    fs::read_to_string(workspace().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// Instructions of the Dockerfile: word and arguments, lines that go on joined.
fn instructions() -> Vec<(String, String)> {
    let joined = text("Dockerfile").replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')).map(|(word, rest)| (word.to_owned(), rest.trim().to_owned())).collect()
}

/// Settings as the image has them.
fn of_image() -> Vec<(String, String)> {
    let pairs = instructions().into_iter().filter(|(word, _)| word == "ENV").flat_map(|(_, pairs)| {
        pairs
            .split_whitespace()
            .map(|pair| pair.split_once('=').expect("NAME=value"))
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .collect::<Vec<_>>()
    });
    pairs.filter(|(name, _)| name.starts_with("WAYBILL_")).collect()
}

fn strings(list: &Yaml) -> Vec<&str> {
    list.as_vec().map(|list| list.iter().filter_map(Yaml::as_str).collect()).unwrap_or_default()
}

#[test]
fn the_image_is_made_of_what_is_here() {
    let all = instructions();
    let known =
        ["FROM", "WORKDIR", "COPY", "RUN", "USER", "VOLUME", "ENV", "EXPOSE", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD"];
    assert!(all.iter().all(|(word, _)| known.contains(&word.as_str())), "{all:?}");
    let of = |wanted: &str| all.iter().filter(|(word, _)| word == wanted).map(|(_, rest)| rest.as_str()).collect::<Vec<_>>();
    assert!(of("RUN").contains(&"make build") && text("Makefile").contains("\nbuild: "), "built as the README says");
    let copies = of("COPY");
    assert!(copies.contains(&". .") && copies.contains(&"--from=build /waybill/target/release/waybill /usr/local/bin/waybill"));
    assert!(text("scripts/build.sh").contains("target/release/waybill"));
    assert!(of("FROM").iter().any(|image| image.ends_with(" AS build")));
    assert_eq!(of("USER"), ["waybill"], "not root");
    assert!(of("HEALTHCHECK")[0].ends_with("CMD curl -fsS http://127.0.0.1:3000/readyz"));
    assert_eq!((of("ENTRYPOINT"), of("CMD")), (vec!["[\"waybill\"]"], vec!["[\"serve\"]"]));
    let settings = Layers::default().environment(of_image()).and_then(Layers::settings).expect("sound settings");
    assert_eq!(settings.listen.port().to_string(), of("EXPOSE")[0]);
}

#[test]
fn the_services_are_made_of_what_is_here() {
    let documents = YamlLoader::load_from_str(&text("compose.yaml")).expect("YAML");
    let (file, readme) = (&documents[0], text("README.md"));
    let services = file["services"].as_hash().expect("services");
    let volumes: BTreeSet<&str> = file["volumes"].as_hash().expect("volumes").keys().filter_map(Yaml::as_str).collect();
    let (mut profiles, mut ours) = (BTreeSet::new(), 0);
    for (name, service) in services {
        let name = name.as_str().expect("a name");
        let own = strings(&service["profiles"]);
        assert!(!own.is_empty(), "{name} belongs to no profile");
        profiles.extend(own.iter().copied());
        for volume in strings(&service["volumes"]) {
            let (volume, place) = volume.split_once(':').expect("name:place");
            assert!(volumes.contains(volume) && place.starts_with('/'), "{name}: {volume}");
        }
        for (needed, _) in service["depends_on"].as_hash().into_iter().flatten() {
            let other = &file["services"][needed.as_str().expect("a name")];
            assert!(
                own.iter().all(|profile| strings(&other["profiles"]).contains(profile)),
                "{name} needs {needed:?} in its profile"
            );
        }
        let Some(context) = service["build"].as_str() else {
            assert!(service["image"].as_str().is_some_and(|image| image.contains(':')), "{name}: an image of a version");
            continue;
        };
        ours += 1;
        assert!(workspace().join(context).join("Dockerfile").is_file());
        assert_eq!(strings(&service["healthcheck"]["test"]), ["CMD", "curl", "-fsS", "http://127.0.0.1:3000/readyz"], "{name}");
        assert_eq!(strings(&service["ports"]), ["127.0.0.1:3000:3000"], "{name}: only this machine");
        let told = service["environment"].as_hash().expect("settings").iter();
        let told = told.map(|(key, value)| (key.as_str().expect("a name").to_owned(), value.as_str().expect("text").to_owned()));
        let told: Vec<_> = told.collect();
        // A password may have signs that mean something in an address.
        assert!(told.iter().all(|(key, value)| key == "PGPASSWORD" || !value.contains('$')), "{name}: {told:?}");
        let layers = Layers::default().environment(of_image()).and_then(|layers| layers.environment(told));
        layers.and_then(Layers::settings).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    assert_eq!(ours, profiles.len(), "one of ours in each profile");
    for profile in profiles {
        assert!(readme.contains(&format!("--profile {profile} up")), "the README tells of --profile {profile}");
    }
}
