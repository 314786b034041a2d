//! Merges over HTTP, on both back ends: proposed by one officer, confirmed by another, and so taken back.

use serde_json::{Value, json};

use super::server::{Answer, Server, on_both};
use super::town::{Town, user};

fn officer(server: &Server, town: &Town) -> String {
    let new = json!({ "user": user("officer-2"), "bank_role": "officer" });
    server.post("/api/v1/users", &town.administrator, &new).expect(201);
    server.log_in("officer-2")
}

fn act(server: &Server, token: &str, merge: &Value, what: &str) -> Answer {
    let path = format!("/api/v1/merges/{}/{what}", merge["merge_id"].as_str().unwrap());
    server.post(&path, token, &json!({ "reason": "户籍证明已核对" }))
}

#[test]
fn two_accounts_become_one_and_two_again() {
    on_both(|server| {
        let town = Town::build(server);
        let second = officer(server, &town);
        let ours = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let mut other = town.outcome("S000441012345242000002");
        other["learner"] = json!({ "document_kind": "passport", "document_number": "E12345678", "name": "王芳" });
        let theirs = town.deposit(server, &other).expect(201);
        let learner = town.claim(server, theirs["learner_id"].as_str().unwrap(), "wangfang");
        let new = json!({ "surviving": { "account_number": ours["account_number"] }, "absorbed": { "learner_id": theirs["learner_id"] },
            "reason": "护照与身份证为同一人", "citation": "户籍证明" });
        let proposed = server.post("/api/v1/merges", &town.officer, &new).expect(201);
        assert_eq!(
            (
                &proposed["state"],
                &proposed["preview"]["absorbed"]["available"],
                &proposed["preview"]["absorbed"]["has_log_in"]
            ),
            (&json!("proposed"), &json!("9.00"), &json!(true))
        );
        assert_eq!(server.post("/api/v1/merges", &second, &new).refusal(), (409, "merge_open"));
        assert_eq!(
            act(server, &town.officer, &proposed, "confirm").refusal(),
            (403, "own_merge_proposal")
        );
        assert_eq!(act(server, &town.auditor, &proposed, "confirm").refusal(), (403, "forbidden"));
        assert_eq!(act(server, &second, &proposed, "withdraw").refusal(), (403, "not_the_proposer"));
        let merged = act(server, &second, &proposed, "confirm").expect(200);
        assert_eq!((&merged["state"], &merged["preview"]), (&json!("merged"), &Value::Null));
        assert_eq!(act(server, &second, &proposed, "confirm").refusal(), (409, "wrong_state"));

        // The log-in of the one leads to the other, which had none.
        let account = server.get("/api/v1/me/account", &learner).expect(200);
        assert_eq!(
            (&account["learner_id"], &account["available"]),
            (&ours["learner_id"], &json!("18.00"))
        );
        let path = format!("/api/v1/learners/{}/account", theirs["learner_id"].as_str().unwrap());
        let followed = server.get(&path, &town.auditor).expect(200);
        assert_eq!(followed["account_number"], ours["account_number"]);
        let outcome = format!("/api/v1/outcomes/{}", theirs["outcome_id"].as_str().unwrap());
        assert_eq!(server.get(&outcome, &learner).expect(200)["learner_id"], ours["learner_id"]);
        assert_eq!(town.deposit(server, &other).expect(200)["learner_id"], ours["learner_id"]);

        let list = server.get("/api/v1/merges?state=merged&limit=1", &town.auditor).expect(200);
        assert_eq!(list["items"][0]["merge_id"], merged["merge_id"]);
        assert_eq!(server.get("/api/v1/merges", &town.registrar).refusal(), (404, "not_found"));
        let again = act(server, &second, &merged, "propose-reversal").expect(200);
        assert_eq!(again["state"], "reversal_proposed");
        assert_eq!(
            act(server, &second, &merged, "confirm-reversal").refusal(),
            (403, "own_merge_proposal")
        );
        let reversed = act(server, &town.officer, &merged, "confirm-reversal").expect(200);
        assert_eq!(reversed["state"], "reversed");
        let account = server.get("/api/v1/me/account", &learner).expect(200);
        assert_eq!(
            (&account["learner_id"], &account["available"]),
            (&theirs["learner_id"], &json!("9.00"))
        );
        let looks = server.get("/api/v1/me/access-log", &learner).expect(200);
        let seen: Vec<&str> = looks["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|look| look["operation"].as_str().unwrap())
            .collect();
        assert!(seen.contains(&"propose_merge") && seen.contains(&"confirm_merge"), "{seen:?}");
    });
}
