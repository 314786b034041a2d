//! Offers of credentials to wallets, on both back ends: taken up once with the right code and in time, and what a wallet has to prove.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use chrono::TimeDelta;
use credit_bank::domain::actor::Caller;
use credit_bank::domain::credential::CredentialStatus;
use credit_bank::domain::rejection::Rejection;
use credit_bank::domain::wallet::{FAILURES_MAX, NONCE_LIFE, OFFER_LIFE, OFFERS_MAX, TOKEN_LIFE, WalletConfiguration};
use credit_bank::ops::context::Context;
use credit_bank::ops::credentials::{give_up_credential, list_own_credentials};
use credit_bank::ops::error::OpError;
use credit_bank::ops::wallets::{AskedCredential, WalletOffer, forget_offers, issue_credential, new_nonce, offer_credential, redeem_offer};
use serde_json::{Value, json};
use uuid::Uuid;

use super::bureau::{Learner, Office};
use super::common::{World, on_both};
use super::credentials::{ask, issued, learner_with, one, verified, work};
use super::packs::refused;

/// A wallet, with its key.
struct Wallet(Ed25519KeyPair);

impl Wallet {
    fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }

    fn proof(&self, audience: &str, context: &Context, nonce: Option<&str>) -> String {
        let x = BASE64_URL_SAFE_NO_PAD.encode(self.0.public_key());
        let header = json!({ "alg": "EdDSA", "typ": "openid4vci-proof+jwt", "jwk": { "kty": "OKP", "crv": "Ed25519", "x": x } });
        let claims = json!({ "aud": audience, "iat": context.now.timestamp(), "nonce": nonce });
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.0.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }

    fn did(&self) -> String {
        let key = [&[0xED, 0x01], self.0.public_key().as_ref()].concat();
        format!("did:key:z{}", bs58::encode(key).into_string())
    }
}

/// Nobody, so long after the learner acts.
fn after(learner: &Learner, passed: TimeDelta) -> Context {
    Context::of(Caller::Anonymous, learner.context.now + passed)
}

fn offer(world: &World, learner: &Learner, credential_id: Uuid) -> Result<WalletOffer, OpError> {
    offer_credential(&world.bank, &learner.context, None, credential_id)
}

fn code_of(offer: &WalletOffer) -> String {
    let address = url::Url::parse(&offer.offer_uri).unwrap();
    let (_, offered) = address.query_pairs().find(|(name, _)| name == "credential_offer").unwrap();
    let offered: Value = serde_json::from_str(&offered).unwrap();
    let grant = &offered["grants"]["urn:ietf:params:oauth:grant-type:pre-authorized_code"];
    grant["pre-authorized_code"].as_str().unwrap().to_owned()
}

fn wrong_code(offer: &WalletOffer) -> &'static str {
    if offer.tx_code == "000000" { "000001" } else { "000000" }
}

fn token(world: &World, learner: &Learner, offer: &WalletOffer) -> String {
    let context = after(learner, TimeDelta::zero());
    redeem_offer(&world.bank, &context, &code_of(offer), &offer.tx_code)
        .unwrap()
        .access_token
}

fn fetch(world: &World, context: &Context, token: &str, configuration: &str, proofs: &[String]) -> Result<Value, OpError> {
    issue_credential(&world.bank, context, token, &AskedCredential { configuration, proofs })
}

/// Fetches a credential while the thread that signs is at work.
fn fetch_signed(world: &World, context: &Context, token: &str, proof: String) -> Value {
    std::thread::scope(|scope| {
        let proofs = [proof];
        let asking = scope.spawn(move || fetch(world, context, token, "badge_ldp_vc", &proofs));
        while !asking.is_finished() {
            work(world, context);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        asking.join().unwrap().unwrap()
    })
}

#[test]
fn an_offer_is_taken_up_once_by_its_code_and_the_copy_is_bound_to_the_wallets_key() {
    on_both(|world| {
        let bank = &world.bank;
        let (learner, ids) = learner_with(world, &Office::open(world), 1);
        let credential_id = issued(world, &learner, one(ids[0]), "data_integrity").summary.credential_id;
        let offered = offer(world, &learner, credential_id).unwrap();
        assert_eq!(offered.configuration, WalletConfiguration::BadgeProof);
        assert!(offered.tx_code.len() == 6 && !offered.offer_uri.contains(&offered.tx_code));
        let now = after(&learner, TimeDelta::minutes(1));
        let redeem = |code: &str, tx_code: &str| redeem_offer(bank, &now, code, tx_code);
        let code = code_of(&offered);
        for (code, tx_code) in [
            (code.as_str(), wrong_code(&offered)),
            (&code, ""),
            (&format!("{code}x"), &offered.tx_code),
            ("x", &offered.tx_code),
            (&format!("{}.x", Uuid::now_v7()), &offered.tx_code),
        ] {
            assert_eq!(refused(redeem(code, tx_code)), Rejection::InvalidGrant {}, "{code} {tx_code}");
        }
        let taken = redeem(&code, &offered.tx_code).unwrap();
        assert_eq!((taken.token_type, taken.expires_in), ("Bearer", TOKEN_LIFE.num_seconds()));
        assert_eq!(refused(redeem(&code, &offered.tx_code)), Rejection::InvalidGrant {}, "once");

        let (wallet, other) = (Wallet::new(7), Wallet::new(8));
        let url = bank.outside.public_url.as_str();
        let nonce = || Some(new_nonce(bank, now.now).unwrap());
        let copy = fetch_signed(world, &now, &taken.access_token, wallet.proof(url, &now, nonce().as_deref()));
        assert_eq!(copy["credentialSubject"]["id"], wallet.did());
        verified(world, &learner.context, &copy).unwrap();
        assert_ne!(copy["id"], format!("urn:uuid:{credential_id}"), "a credential of its own");
        // Asked again, the same copy; and never one for another key.
        let again = |wallet: &Wallet| {
            let proofs = [wallet.proof(url, &now, nonce().as_deref())];
            fetch(world, &now, &taken.access_token, "badge_ldp_vc", &proofs)
        };
        assert_eq!(again(&wallet).unwrap(), copy);
        assert_eq!(refused(again(&other)), Rejection::InvalidProof {});
        let all = list_own_credentials(bank, &learner.context, None, 10).unwrap();
        let statuses: Vec<CredentialStatus> = all.iter().map(|one| one.status).collect();
        assert_eq!(statuses, [CredentialStatus::Issued; 2]);
    });
}

#[test]
fn five_wrong_codes_or_ten_minutes_end_an_offer() {
    on_both(|world| {
        let bank = &world.bank;
        let (learner, ids) = learner_with(world, &Office::open(world), 1);
        let credential_id = issued(world, &learner, one(ids[0]), "data_integrity").summary.credential_id;
        let guessed = offer(world, &learner, credential_id).unwrap();
        let late = offer(world, &learner, credential_id).unwrap();
        let redeem =
            |offer: &WalletOffer, tx_code: &str, passed: TimeDelta| redeem_offer(bank, &after(&learner, passed), &code_of(offer), tx_code);
        for _ in 0..FAILURES_MAX {
            let refusal = refused(redeem(&guessed, wrong_code(&guessed), TimeDelta::zero()));
            assert_eq!(refusal, Rejection::InvalidGrant {});
        }
        let right = redeem(&guessed, &guessed.tx_code, TimeDelta::zero());
        assert_eq!(refused(right), Rejection::InvalidGrant {}, "it was guessed at too often");
        assert_eq!(refused(redeem(&late, &late.tx_code, OFFER_LIFE)), Rejection::InvalidGrant {});
        redeem(&late, &late.tx_code, OFFER_LIFE - TimeDelta::seconds(1)).unwrap();
        let system = |passed: TimeDelta| Context::of(Caller::Bank, learner.context.now + passed);
        assert_eq!(forget_offers(bank, &system(TimeDelta::hours(1))).unwrap(), 0);
        assert_eq!(forget_offers(bank, &system(TimeDelta::days(2))).unwrap(), 2);
    });
}

#[test]
fn what_can_be_offered_is_ones_own_issued_credential() {
    on_both(|world| {
        let office = Office::open(world);
        let (learner, ids) = learner_with(world, &office, 1);
        let stranger = office.deposit(world, 5..6, 7).remove(0);
        let stranger = office.learner(world, &stranger, "stranger");
        let queued = ask(world, &learner.context, one(ids[0]), "jwt").unwrap().summary.credential_id;
        assert_eq!(
            refused(offer(world, &learner, queued)),
            Rejection::WrongState {
                state: "queued".to_owned()
            }
        );
        work(world, &learner.context);
        assert_eq!(refused(offer(world, &stranger, queued)), Rejection::NotFound {});
        assert_eq!(
            offer(world, &learner, queued).unwrap().configuration,
            WalletConfiguration::BadgeToken
        );
        for _ in 1..OFFERS_MAX {
            offer(world, &learner, queued).unwrap();
        }
        assert_eq!(
            refused(offer(world, &learner, queued)),
            Rejection::TooManyOffers { offers_max: OFFERS_MAX }
        );

        // What is given up after it was offered is not copied any more.
        let fetched = |world: &World, token: &str| {
            let now = after(&learner, TimeDelta::zero());
            let nonce = new_nonce(&world.bank, now.now).unwrap();
            let proof = Wallet::new(7).proof(&world.bank.outside.public_url, &now, Some(&nonce));
            fetch(world, &now, token, "badge_jwt_vc_json", &[proof])
        };
        let tomorrow = Context {
            now: learner.context.now + TimeDelta::days(1),
            ..learner.context
        };
        let late = Learner {
            context: tomorrow,
            learner_id: learner.learner_id,
        };
        let offered = offer(world, &late, queued).unwrap();
        let token = redeem_offer(
            &world.bank,
            &after(&learner, TimeDelta::zero()),
            &code_of(&offered),
            &offered.tx_code,
        )
        .unwrap();
        give_up_credential(&world.bank, &learner.context, queued).unwrap();
        assert_eq!(
            refused(fetched(world, &token.access_token)),
            Rejection::WrongState {
                state: "given_up".to_owned()
            }
        );
    });
}

#[test]
fn a_wallet_proves_its_key_to_this_bank_with_a_fresh_nonce() {
    on_both(|world| {
        let bank = &world.bank;
        let (learner, ids) = learner_with(world, &Office::open(world), 1);
        let credential_id = issued(world, &learner, one(ids[0]), "data_integrity").summary.credential_id;
        let token = token(world, &learner, &offer(world, &learner, credential_id).unwrap());
        let (wallet, now) = (Wallet::new(7), after(&learner, TimeDelta::minutes(1)));
        let url = bank.outside.public_url.as_str();
        let nonce = new_nonce(bank, now.now).unwrap();
        let proof = wallet.proof(url, &now, Some(&nonce));
        let good = std::slice::from_ref(&proof);
        let ask = |token: &str, configuration: &str, proofs: &[String]| refused(fetch(world, &now, token, configuration, proofs));
        let badge = "badge_ldp_vc";
        assert_eq!(ask(&token, "record_ldp_vc", good), Rejection::UnknownCredentialConfiguration {});
        for wrong in ["", "x", &format!("{token}x"), &format!("{}.x", Uuid::now_v7())] {
            assert_eq!(ask(wrong, badge, good), Rejection::InvalidToken {}, "{wrong}");
        }
        let elsewhere = wallet.proof("https://other.example", &now, Some(&nonce));
        let stale = wallet.proof(url, &after(&learner, TimeDelta::minutes(-10)), Some(&nonce));
        let forged = format!("{}AAAA", &proof[..proof.len() - 4]);
        for wrong in [
            vec![],
            vec![proof.clone(), proof.clone()],
            vec![elsewhere],
            vec![stale],
            vec![forged],
        ] {
            assert_eq!(ask(&token, badge, &wrong), Rejection::InvalidProof {});
        }
        let over = new_nonce(bank, now.now - NONCE_LIFE).unwrap();
        let longer = nonce.replacen('.', "0.", 1);
        for wrong in [None, Some("x"), Some(over.as_str()), Some(longer.as_str())] {
            let proof = wallet.proof(url, &now, wrong);
            assert_eq!(ask(&token, badge, &[proof]), Rejection::InvalidNonce {}, "{wrong:?}");
        }
        let too_late = after(&learner, TOKEN_LIFE);
        assert_eq!(refused(fetch(world, &too_late, &token, badge, good)), Rejection::InvalidToken {});
        // Of all this nothing was used up.
        assert_eq!(
            fetch_signed(world, &now, &token, proof.clone())["credentialSubject"]["id"],
            wallet.did()
        );
    });
}
