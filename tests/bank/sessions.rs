//! Log-ins on both back ends: a refresh token is good once, and what ends a log-in ends its access token.

use chrono::TimeDelta;
use credit_bank::domain::actor::Caller;
use credit_bank::domain::institution::InstitutionFilter;
use credit_bank::domain::outcome::OutcomeFilter;
use credit_bank::domain::portfolio::share::LookedWith;
use credit_bank::ops::context::Context;
use credit_bank::ops::error::OpError;
use credit_bank::ops::{browser, institutions, outcomes, second_factor, sessions};
use credit_bank::vault::authenticator;

use super::common::{PASSWORD, context, log_in, on_both};

fn code<T: std::fmt::Debug>(answer: Result<T, OpError>) -> &'static str {
    match answer.unwrap_err() {
        OpError::Rejected(rejection) => rejection.code(),
        OpError::Store(_) | OpError::Files(_) | OpError::Secret(_) => "a failure inside",
    }
}

#[test]
fn a_refresh_token_used_twice_ends_the_log_in() {
    on_both(|world| {
        let bank = &world.bank;
        let (first, registrar) = log_in(bank, "registrar");
        let second = sessions::refresh_session(bank, &registrar, &first.refresh_token).unwrap();
        assert_eq!(
            code(sessions::refresh_session(bank, &registrar, &first.refresh_token)),
            "refresh_token_invalid"
        );
        assert_eq!(
            code(sessions::refresh_session(bank, &registrar, &second.refresh_token)),
            "refresh_token_invalid"
        );
        assert_eq!(
            code(institutions::list_institutions(
                bank,
                &registrar,
                &InstitutionFilter::default(),
                None,
                10
            )),
            "unauthenticated"
        );
    });
}

#[test]
fn logging_out_ends_one_log_in_and_a_new_password_ends_all() {
    on_both(|world| {
        let bank = &world.bank;
        let (_, one) = log_in(bank, "registrar");
        let (_, two) = log_in(bank, "registrar");
        sessions::log_out(bank, &one).unwrap();
        assert_eq!(code(sessions::log_out(bank, &one)), "unauthenticated");
        assert_eq!(
            institutions::list_institutions(bank, &two, &InstitutionFilter::default(), None, 10)
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            code(sessions::change_password(bank, &two, "not the password", "marble-kettle-orchid-7")),
            "wrong_credentials"
        );
        assert_eq!(code(sessions::change_password(bank, &two, PASSWORD, "1234567890")), "password_weak");
        sessions::change_password(bank, &two, PASSWORD, "marble-kettle-orchid-7").unwrap();
        assert_eq!(code(sessions::log_out(bank, &two)), "unauthenticated");
        assert_eq!(code(sessions::log_in(bank, &two, "registrar", PASSWORD, None)), "wrong_credentials");
        assert_eq!(code(sessions::log_in(bank, &two, "nobody", PASSWORD, None)), "wrong_credentials");
    });
}

#[test]
fn who_forgot_the_password_is_given_another_by_those_who_run_the_bank() {
    on_both(|world| {
        let bank = &world.bank;
        let (_, own) = log_in(bank, "registrar");
        let (by_the_bank, new) = (context(Caller::Bank), "marble-kettle-orchid-7");
        let set = |context: &Context, username: &str, password: &str| sessions::set_password_of(bank, context, username, password);
        assert_eq!(code(set(&own, "registrar", new)), "not_found");
        assert_eq!(code(set(&by_the_bank, "nobody", new)), "not_found");
        assert_eq!(code(set(&by_the_bank, "registrar", "1234567890")), "password_weak");
        set(&by_the_bank, "registrar", new).unwrap();
        assert_eq!(code(sessions::log_out(bank, &own)), "unauthenticated");
        assert_eq!(
            code(sessions::log_in(bank, &by_the_bank, "registrar", PASSWORD, None)),
            "wrong_credentials"
        );
        sessions::log_in(bank, &by_the_bank, "registrar", new, None).unwrap();
    });
}

#[test]
fn a_browsers_log_in_ends_when_it_is_not_used_when_it_is_old_and_when_its_owner_says_so() {
    on_both(|world| {
        let bank = &world.bank;
        let nobody = context(Caller::Anonymous);
        let at = |minutes: i64| Context {
            now: nobody.now + TimeDelta::minutes(minutes),
            ..nobody
        };
        let sign_in = || browser::sign_in(bank, &nobody, "registrar", PASSWORD, LookedWith::Firefox).unwrap();
        let is_in = |cookie: &str, minutes| browser::visitor(bank, &at(minutes), cookie).unwrap().is_some();

        let idle = sign_in();
        assert!(!idle.awaits_code);
        assert!(is_in(&idle.cookie, 29), "a use is noted");
        assert!(is_in(&idle.cookie, 58));
        assert!(!is_in(&idle.cookie, 58 + 30));
        let old = sign_in();
        for half_hours in 0..24 {
            assert!(is_in(&old.cookie, half_hours * 30 + 1 - half_hours), "{half_hours}");
        }
        assert!(!is_in(&old.cookie, 12 * 60));

        let (one, two) = (sign_in(), sign_in());
        let visitor = browser::visitor(bank, &nobody, &one.cookie).unwrap().unwrap();
        assert!(visitor.lacks_second_factor, "a registrar has power over others' records");
        let in_browser = Context {
            caller: visitor.caller,
            ..nobody
        };
        let filter = OutcomeFilter {
            institution_id: Some(world.institution_id),
            ..OutcomeFilter::default()
        };
        let listed = outcomes::list_outcomes(bank, &in_browser, &filter, None, 10);
        assert_eq!(code(listed), "forbidden", "and has none of it in a browser without a second factor");
        let own = Context {
            caller: visitor.caller,
            ..nobody
        };
        let open = browser::list_sessions(bank, &own).unwrap();
        let other = open.iter().find(|session| !session.is_this && session.browser.is_some()).unwrap();
        assert_eq!(other.browser, Some(LookedWith::Firefox));
        browser::end_session(bank, &own, other.session_id).unwrap();
        assert_eq!(code(browser::end_session(bank, &own, other.session_id)), "not_found");
        let stranger = world.member("stranger", "reviewer");
        let this = open.iter().find(|session| session.is_this).unwrap();
        assert_eq!(code(browser::end_session(bank, &stranger, this.session_id)), "not_found");
        assert!(!is_in(&two.cookie, 0) && is_in(&one.cookie, 0));
        // The cookie of a browser is no refresh token, and a refresh token is no cookie.
        assert_eq!(code(sessions::refresh_session(bank, &nobody, &one.cookie)), "refresh_token_invalid");
        let (tokens, _) = log_in(bank, "registrar");
        assert!(!is_in(&tokens.refresh_token, 0));
        for cookie in ["", "x", "x.y", &one.cookie[..one.cookie.len() - 1]] {
            assert!(!is_in(cookie, 0), "{cookie}");
        }
    });
}

#[test]
fn a_second_factor_is_asked_for_by_browsers_and_programs_and_each_code_is_good_once() {
    on_both(|world| {
        let bank = &world.bank;
        let (_, own) = log_in(bank, "registrar");
        let nobody = context(Caller::Anonymous);
        let begun = second_factor::begin_second_factor(bank, &own).unwrap();
        assert_eq!(
            second_factor::begin_second_factor(bank, &own).unwrap(),
            begun,
            "the same within the hour"
        );
        assert!(begun.square_code.unwrap().contains("<svg"));
        let secret = bytes_of(&begun.secret);
        let at = |steps: i64| authenticator::code_at(&secret, own.now.timestamp() + steps * 30).unwrap();
        assert_eq!(
            code(second_factor::confirm_second_factor(bank, &own, "not it", &at(0))),
            "wrong_credentials"
        );
        assert_eq!(
            code(second_factor::confirm_second_factor(bank, &own, PASSWORD, "000000")),
            "second_factor_wrong"
        );
        let codes = second_factor::confirm_second_factor(bank, &own, PASSWORD, &at(-1)).unwrap();
        assert_eq!(code(second_factor::begin_second_factor(bank, &own)), "second_factor_set");
        assert_eq!(
            code(second_factor::confirm_second_factor(bank, &own, PASSWORD, &at(0))),
            "second_factor_set"
        );

        let by_program = |shown: Option<&str>| sessions::log_in(bank, &nobody, "registrar", PASSWORD, shown);
        assert_eq!(code(by_program(None)), "second_factor_needed");
        assert_eq!(code(by_program(Some(&at(-1)))), "second_factor_wrong", "taken before");
        by_program(Some(&at(0))).unwrap();
        assert_eq!(code(by_program(Some(&at(0)))), "second_factor_wrong");
        by_program(Some(&codes[0])).unwrap();
        assert_eq!(code(by_program(Some(&codes[0]))), "second_factor_wrong");

        let waiting = browser::sign_in(bank, &nobody, "registrar", PASSWORD, LookedWith::Chrome).unwrap();
        assert!(waiting.awaits_code);
        assert!(browser::visitor(bank, &nobody, &waiting.cookie).unwrap().is_none());
        assert_eq!(
            code(browser::show_code(bank, &nobody, &waiting.cookie, "000000")),
            "second_factor_wrong"
        );
        let shown = codes[1].to_lowercase().replace('-', " ");
        let inside = browser::show_code(bank, &nobody, &waiting.cookie, &shown).unwrap();
        assert!(
            browser::visitor(bank, &nobody, &waiting.cookie).unwrap().is_none(),
            "another secret"
        );
        let visitor = browser::visitor(bank, &nobody, &inside.cookie).unwrap().unwrap();
        assert!(!visitor.lacks_second_factor);
        let in_browser = Context {
            caller: visitor.caller,
            ..nobody
        };
        let filter = OutcomeFilter {
            institution_id: Some(world.institution_id),
            ..OutcomeFilter::default()
        };
        outcomes::list_outcomes(bank, &in_browser, &filter, None, 10).unwrap();
        assert_eq!(
            code(browser::show_code(bank, &nobody, &inside.cookie, &codes[2])),
            "unauthenticated"
        );
        let late = Context {
            now: nobody.now + TimeDelta::minutes(10),
            ..nobody
        };
        let waiting = browser::sign_in(bank, &nobody, "registrar", PASSWORD, LookedWith::Chrome).unwrap();
        assert_eq!(code(browser::show_code(bank, &late, &waiting.cookie, &codes[2])), "unauthenticated");

        assert_eq!(second_factor::read_second_factor(bank, &own).unwrap().recovery_codes_left, 8);
        let renewed = second_factor::renew_recovery_codes(bank, &own, &codes[2]).unwrap();
        assert_eq!(code(by_program(Some(&codes[3]))), "second_factor_wrong", "an old one");
        assert_eq!(
            code(second_factor::remove_second_factor(bank, &own, "000000")),
            "second_factor_wrong"
        );

        // Guessing leads nowhere, and whoever has kept the recovery codes gets in all the same.
        for _ in 0..30 {
            let refused = code(by_program(Some("000000")));
            assert!(["second_factor_wrong", "second_factor_locked"].contains(&refused), "{refused}");
        }
        assert_eq!(code(by_program(Some(&at(1)))), "second_factor_locked");
        by_program(Some(&renewed[0])).unwrap();
        by_program(Some(&at(1))).unwrap();
        second_factor::remove_second_factor(bank, &own, &renewed[1]).unwrap();
        by_program(None).unwrap();

        // Whoever has lost everything asks those who run the bank.
        let secret = bytes_of(&second_factor::begin_second_factor(bank, &own).unwrap().secret);
        let shown = authenticator::code_at(&secret, own.now.timestamp()).unwrap();
        second_factor::confirm_second_factor(bank, &own, PASSWORD, &shown).unwrap();
        let by_themselves = second_factor::take_second_factor_away(bank, &own, "registrar");
        assert_eq!(code(by_themselves), "not_found");
        let by_the_bank = context(Caller::Bank);
        assert_eq!(
            code(second_factor::take_second_factor_away(bank, &by_the_bank, "nobody")),
            "not_found"
        );
        second_factor::take_second_factor_away(bank, &by_the_bank, "registrar").unwrap();
        assert_eq!(code(second_factor::read_second_factor(bank, &own)), "unauthenticated");
        by_program(None).unwrap();
    });
}

/// The bytes of a key as it is typed (base 32).
fn bytes_of(spoken: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut held, mut bits, mut bytes) = (0_u32, 0, Vec::new());
    for letter in spoken.chars().filter(|letter| *letter != ' ') {
        held = held << 5 | u32::try_from(letters.find(letter).unwrap()).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
        }
    }
    bytes
}
