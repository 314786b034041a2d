//! Log-ins on both back ends: a refresh token is good once, and what ends a log-in ends its access token.

use credit_bank::ops::error::OpError;
use credit_bank::ops::{institutions, sessions};

use super::common::{PASSWORD, log_in, on_both};

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
            code(institutions::list_institutions(bank, &registrar, None, None, 10)),
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
        assert_eq!(institutions::list_institutions(bank, &two, None, None, 10).unwrap().len(), 1);
        assert_eq!(
            code(sessions::change_password(bank, &two, "not the password", "marble-kettle-orchid-7")),
            "wrong_credentials"
        );
        assert_eq!(code(sessions::change_password(bank, &two, PASSWORD, "1234567890")), "password_weak");
        sessions::change_password(bank, &two, PASSWORD, "marble-kettle-orchid-7").unwrap();
        assert_eq!(code(sessions::log_out(bank, &two)), "unauthenticated");
        assert_eq!(code(sessions::log_in(bank, &two, "registrar", PASSWORD)), "wrong_credentials");
        assert_eq!(code(sessions::log_in(bank, &two, "nobody", PASSWORD)), "wrong_credentials");
    });
}
