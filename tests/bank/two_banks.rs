//! Two banks, a learner of one with something of everything, and archives between them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Cursor, Read, Seek, SeekFrom, Write};
use std::sync::Arc;

use credit_bank::domain::identity_document::DocumentKind;
use credit_bank::ops::archive::make_archive;
use credit_bank::ops::archive::received::{Reception, receive_archive};
use credit_bank::ops::context::Context;
use credit_bank::ops::credentials::issuers::read_bank_did;
use credit_bank::ops::deposit::Novelty;
use credit_bank::ops::error::OpError;
use credit_bank::ops::issuers::register_issuer;
use credit_bank::ops::portfolio::{Placing, place_item};
use credit_bank::ops::records::read_me;
use credit_bank::store::connection::DatabaseAddress;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use super::bureau::Learner;
use super::common::{World, postgres_database};
use super::credentials::{issued, one};
use super::portfolio::{answer, ask, office_with_learner, upload, write};
use super::registry::officer;
use super::views::make;

const HERE: &str = "https://here.example";
const THERE: &str = "https://there.example";

/// The files of an archive by their paths.
pub(crate) type Files = BTreeMap<String, Vec<u8>>;

/// Runs a test with two banks on SQLite, and with two on PostgreSQL.
pub(crate) fn two_banks(test: impl Fn(&Arc<World>, &Arc<World>)) {
    let directory = tempfile::tempdir().unwrap();
    let sqlite = |name: &str| DatabaseAddress::Sqlite(directory.path().join(name));
    let postgres = || DatabaseAddress::Postgres(postgres_database());
    for (kind, addresses) in [
        ("sqlite", [sqlite("here"), sqlite("there")]),
        ("postgres", [postgres(), postgres()]),
    ] {
        let mut names = [("here", HERE), ("there", THERE)].into_iter();
        let [here, there] = addresses.map(|address| {
            let (name, url) = names.next().unwrap();
            let mut world = World::new(address, directory.path().join(format!("{kind}-{name}-files")));
            Arc::get_mut(&mut world.bank).unwrap().outside.public_url = url.to_owned();
            Arc::new(world)
        });
        test(&here, &there);
    }
}

pub(crate) fn archive(world: &World, context: &Context) -> Vec<u8> {
    let mut made = make_archive(&world.bank, context).unwrap();
    let mut bytes = Vec::new();
    made.content.read_to_end(&mut bytes).unwrap();
    assert_eq!(u64::try_from(bytes.len()).unwrap(), made.bytes);
    bytes
}

pub(crate) fn receive(world: &World, context: &Context, archive: &[u8]) -> Result<(Novelty, Reception), OpError> {
    let mut file: File = tempfile::tempfile().unwrap();
    file.write_all(archive).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    receive_archive(&world.bank, context, file)
}

pub(crate) fn files(archive: &[u8]) -> Files {
    let mut zip = ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files = BTreeMap::new();
    for place in 0..zip.len() {
        let mut part = zip.by_index(place).unwrap();
        let mut content = Vec::new();
        part.read_to_end(&mut content).unwrap();
        files.insert(part.name().unwrap().to_string(), content);
    }
    files
}

pub(crate) fn packed(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, content) in files {
        zip.start_file(path.as_str(), SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The same person with an account at the other bank.
pub(crate) fn arrival(there: &World, here: &World, learner: &Learner) -> Context {
    let identity = read_me(&here.bank, &learner.context).unwrap().learner.unwrap();
    assert_eq!(identity.document_kind, DocumentKind::Passport);
    let (_, context) = super::evidence::learner(there, "arrived", "passport", &identity.document_number);
    Context {
        now: learner.context.now,
        ..context
    }
}

/// Makes a bank known at another, by the keys that it publishes.
pub(crate) fn introduce(known: &World, at: &World) {
    let document = read_bank_did(&known.bank).unwrap();
    let key = document["verificationMethod"][0]["publicKeyMultibase"].as_str().unwrap();
    let new = json!({ "identifier": document["id"], "name": "那边的学分银行", "reason": "协议", "keys": [{ "multibase": key }] });
    register_issuer(&at.bank, &officer(at, "introducer"), None, &serde_json::from_value(new).unwrap()).unwrap();
}

/// A learner with something of everything.
pub(crate) fn record(world: &World) -> Learner {
    let (office, learner, outcome_id) = office_with_learner(world);
    let claim_id = office.claim(world, &learner, &[(outcome_id, "E101"), (outcome_id, "E102")]);
    office.grant(world, claim_id);
    let context = &learner.context;
    let file = upload(world, context);
    let confirmed = write(world, context, json!({ "artefacts": [file.file_id] }));
    let asked = ask(world, context, confirmed.entry_id).unwrap();
    answer(
        world,
        &office.registrar,
        asked.summary.confirmation_id,
        json!({ "answer": "confirm" }),
    )
    .unwrap();
    let hidden = write(world, context, json!({ "kind": "goal", "title": { "zh": "目标", "en": "A goal" } }));
    let placing = Placing {
        hidden: true,
        place: Some(3),
    };
    place_item(&world.bank, context, hidden.entry_id, &placing).unwrap();
    make(world, context, json!({})).unwrap();
    let chosen = json!({ "name": "所选", "items": [hidden.entry_id, confirmed.entry_id] });
    make(world, context, chosen).unwrap();
    make(world, context, json!({ "name": "一项成果", "items": [outcome_id] })).unwrap();
    issued(world, &learner, one(outcome_id), "data_integrity");
    issued(world, &learner, json!({ "of": "record" }), "jwt");
    learner
}
