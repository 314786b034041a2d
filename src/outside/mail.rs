//! Mail by SMTP, encrypted on its way.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::{Address, SmtpTransport, Transport};
use secrecy::{ExposeSecret, SecretString};

/// Which server takes mail, and from whom it is.
#[derive(Debug, Clone)]
pub struct MailServer {
    /// `smtps://user:password@host:465`, or `smtp://...:587?tls=required`.
    pub url: SecretString,
    pub from: String,
}

/// Why mail was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// The settings cannot be used.
    #[error("the mail server cannot be used: {0}")]
    Unusable(String),
    /// It never will be. What the server said is not told: it may name the address.
    #[error("the mail is refused")]
    Refused,
    /// It may be later.
    #[error("the mail server did not take it")]
    Later,
}

/// How long a server may take to answer.
const TIME_MAX: Duration = Duration::from_secs(20);

/// Sends mail.
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

/// Whether a text is an address to which mail can be sent.
pub fn is_address(text: &str) -> bool {
    text.len() <= 254 && text.is_ascii() && text.parse::<Address>().is_ok()
}

/// Whether a text is a sender: an address, or a name with an address.
pub fn is_sender(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// Whether a URL names a server that is spoken to in secret; without TLS only one on this machine is.
pub fn is_server(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    let is_required = url.query_pairs().any(|(name, value)| name == "tls" && value == "required");
    let is_own = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    let is_secret = url.scheme() == "smtps" || (url.scheme() == "smtp" && (is_required || is_own));
    is_secret && SmtpTransport::from_url(text).is_ok()
}

impl Mailer {
    /// Prepares the connection; nothing is sent.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn open(server: &MailServer) -> Result<Self, MailError> {
        let builder = SmtpTransport::from_url(server.url.expose_secret()).map_err(|error| MailError::Unusable(error.to_string()))?;
        Ok(Self {
            transport: builder.timeout(Some(TIME_MAX)).build(),
            from: server
                .from
                .parse()
                .map_err(|error: lettre::address::AddressError| MailError::Unusable(error.to_string()))?,
        })
    }

    /// Sends a text.
    ///
    /// # Errors
    /// Why it was not taken, and whether it may be later.
    pub fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), MailError> {
        let to: Address = to.parse().map_err(|_| MailError::Refused)?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|_| MailError::Refused)?;
        match self.transport.send(&message) {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(MailError::Refused),
            Err(_) => Err(MailError::Later),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_spoken_to_in_secret() {
        for text in [
            "smtps://bank:secret@mail.example.com:465",
            "smtp://bank:secret@mail.example.com:587?tls=required",
            "smtp://127.0.0.1:2525",
        ] {
            assert!(is_server(text), "{text}");
        }
        for text in [
            "mail.example.com",
            "smtp://mail.example.com",
            "smtp://mail.example.com?tls=opportunistic",
            "https://mail.example.com",
        ] {
            assert!(!is_server(text), "{text}");
        }
    }

    #[test]
    fn addresses_are_told_from_other_texts() {
        for text in ["wang@example.com", "wang.fang+bank@mail.example.cn"] {
            assert!(is_address(text), "{text}");
        }
        for text in [
            "",
            "wang",
            "wang@",
            "王@example.com",
            "a@b.c\r\nBcc: d@e.f",
            "Wang <wang@example.com>",
        ] {
            assert!(!is_address(text), "{text}");
        }
        assert!(is_sender("学分银行 <bank@example.com>") && is_sender("bank@example.com") && !is_sender("bank"));
    }
}
