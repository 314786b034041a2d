//! Pages with a form for each of several things: what was typed in one of them is kept there, and the refusal leads there.

use serde_json::json;

use super::browser::People;
use super::desk::id;
use crate::server::on_both;

#[test]
fn what_is_refused_of_one_among_several_is_kept_there() {
    on_both(|server| {
        let people = People::build(server);
        let (school, registrar) = (&people.town.school, &people.town.registrar);
        let client = json!({ "name": "教务系统", "scopes": ["outcomes:write"] });
        let clients = format!("/api/v1/institutions/{school}/api-clients");
        let client = id(&server.post(&clients, registrar, &client).expect(201)["client"], "client_id");
        let webhook = json!({ "url": "https://hooks.example.com/credit-bank" });
        let webhooks = format!("/api/v1/institutions/{school}/webhooks");
        let webhook = id(&server.post(&webhooks, registrar, &webhook).expect(201)["webhook"], "webhook_id");
        let member = json!({ "user": crate::town::user("reviewer-only"), "roles": ["reviewer"] });
        let members = format!("/api/v1/institutions/{school}/members");
        let member = id(&server.post(&members, registrar, &member).expect(201), "user_id");
        let token = people.member.form_token();
        let sent = |path: &str, fields: &[(&str, &str)]| {
            let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("form_token", token.as_str())]).collect();
            let refused = people.member.send(&format!("/desk/{school}{path}"), &fields);
            assert_eq!(refused.status, 422, "{path}: {}", refused.text);
            refused.text
        };
        for path in [format!("/clients/{client}/rotate"), format!("/webhooks/{webhook}/rotate")] {
            let page = sent(&path, &[("overlap_hours", "7<b>")]);
            for shown in ["href=\"#overlap_hours\"", "id=\"overlap_hours\"", "value=\"7&#60;b&#62;\""] {
                assert!(page.contains(shown), "{path} {shown}: {page}");
            }
        }
        // Nobody is a member without a role; the field that is led to is that member's, and there is one of its name.
        let page = sent(&format!("/members/{member}/roles"), &[]);
        let place = page.find(&format!("/members/{member}/roles\"")).unwrap();
        assert!(page[place..].contains("<fieldset id=\"roles\""), "{page}");
        assert_eq!(page.matches("id=\"roles\"").count(), 1, "{page}");

        // What was ticked of one's mail stays ticked where somebody changed it meanwhile.
        let owner = &people.owner;
        let token = owner.form_token();
        let wishes = [
            ("edition", "7"),
            ("mail", "expiring"),
            ("language", "en"),
            ("form_token", token.as_str()),
        ];
        let refused = owner.send("/notifications/mail", &wishes);
        assert_eq!(refused.status, 412, "{}", refused.text);
        assert!(refused.text.contains("value=\"expiring\" checked"), "{}", refused.text);
        assert!(refused.text.contains("value=\"en\" checked"), "{}", refused.text);
        assert!(!refused.text.contains("value=\"recognised\" checked"), "{}", refused.text);
    });
}
