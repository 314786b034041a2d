//! What leaves the bank: whom webhooks may lead to, how long events are kept, and mail.

use chrono::TimeDelta;

use super::variables::{ConfigError, Variables, wrong};
use crate::outside::mail::{MailServer, is_sender, is_server};
use crate::outside::target::Reach;

/// Events, webhooks and mail.
#[derive(Debug)]
pub struct OutsideConfig {
    pub reach: Reach,
    pub event_life: TimeDelta,
    pub mail_server: Option<MailServer>,
    /// How long a learner gets no further mail after one.
    pub mail_pause: TimeDelta,
    /// Whom keys and status lists of others' credentials are fetched from.
    pub fetch_reach: Reach,
}

/// Reads the settings.
///
/// # Errors
/// The first variable that cannot be used or is missing, by name.
pub(super) fn outside(variables: &mut Variables) -> Result<OutsideConfig, ConfigError> {
    let about = "whether webhooks may lead into private networks and by http: only where nobody but the bank's own people make them";
    let private = variables.choice("WEBHOOKS_PRIVATE", "no", &["yes", "no"], about)?;
    let about = "whether keys and status lists of others' credentials may be fetched from private networks, by http there: for tests";
    let fetched = variables.choice("CREDENTIALS_PRIVATE", "no", &["yes", "no"], about)?;
    let days: i64 = variables.number("EVENT_DAYS", "90", 7, 3650, "for how many days events and deliveries can be read")?;
    let url = variables.secret(
        "MAIL_URL",
        "smtps://user:password@host:465 or smtp://user:password@host:587?tls=required; without it no mail is sent",
        |text| {
            if is_server(text) {
                Ok(())
            } else {
                Err("must be smtps://, or smtp:// with tls=required".to_owned())
            }
        },
    )?;
    let from = variables.optional("MAIL_FROM", "who sends mail, such as bank@example.com", |text| {
        if is_sender(text) {
            Ok(text.to_owned())
        } else {
            Err("must be an address, or a name and an address".to_owned())
        }
    })?;
    let pause: i64 = variables.number(
        "MAIL_MINUTES",
        "60",
        1,
        10_080,
        "how many minutes a learner gets no further mail after one",
    )?;
    let mail_server = match url {
        None => None,
        Some(url) => Some(MailServer {
            url,
            from: from.ok_or_else(|| wrong("MAIL_FROM", "is needed with CREDIT_BANK_MAIL_URL"))?,
        }),
    };
    Ok(OutsideConfig {
        reach: if private == "yes" { Reach::Anybody } else { Reach::Open },
        fetch_reach: if fetched == "yes" { Reach::Anybody } else { Reach::Open },
        event_life: TimeDelta::days(days),
        mail_server,
        mail_pause: TimeDelta::minutes(pause),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<OutsideConfig, String> {
        let given = given
            .iter()
            .map(|(name, value)| (format!("CREDIT_BANK_{name}"), Some((*value).to_owned())));
        let mut variables = Variables::new(given).unwrap();
        outside(&mut variables).map_err(|error| error.to_string())
    }

    #[test]
    fn without_settings_webhooks_stay_in_the_open_and_no_mail_is_sent() {
        let config = read(&[]).unwrap();
        assert_eq!((config.reach, config.event_life), (Reach::Open, TimeDelta::days(90)));
        assert!(config.mail_server.is_none());
    }

    #[test]
    fn mail_needs_a_sender_and_a_server_that_is_spoken_to_in_secret() {
        let url = ("MAIL_URL", "smtps://bank:hunter2@mail.example.com:465");
        let config = read(&[url, ("MAIL_FROM", "bank@example.com")]).unwrap();
        assert!(!format!("{config:?}").contains("hunter2"));
        let cases = [
            (&[url][..], "CREDIT_BANK_MAIL_FROM is needed with CREDIT_BANK_MAIL_URL"),
            (
                &[("MAIL_URL", "smtp://mail.example.com")],
                "CREDIT_BANK_MAIL_URL must be smtps://, or smtp:// with tls=required",
            ),
            (
                &[("MAIL_FROM", "bank")],
                "CREDIT_BANK_MAIL_FROM must be an address, or a name and an address",
            ),
            (
                &[("EVENT_DAYS", "1")],
                "CREDIT_BANK_EVENT_DAYS must be a whole number from 7 to 3650",
            ),
        ];
        for (given, problem) in cases {
            assert_eq!(read(given).unwrap_err(), problem);
        }
    }
}
