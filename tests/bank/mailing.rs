//! Mail to learners on both back ends, taken by a small server of the test's own.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use credit_bank::domain::notification::{MailLanguage, NotificationKind};
use credit_bank::domain::rejection::Rejection;
use credit_bank::ops::access::{Whose, list_accesses};
use credit_bank::ops::context::Context;
use credit_bank::ops::notifications::mailing::{send_next, write_digests};
use credit_bank::ops::notifications::settings::{
    MailAddress, MailWishes, confirm_address, give_address, put_notification_preferences, read_notification_preferences, remove_address,
};
use credit_bank::outside::mail::{MailServer, Mailer};
use uuid::Uuid;

use super::common::{World, on_both_with};
use super::events::{bank_at, deposit, learner, publish_all};
use super::packs::{people, refused};

/// A mail server that takes everything, or says that it is busy.
pub(crate) struct Sink {
    pub(crate) server: MailServer,
    taken: Arc<Mutex<Vec<String>>>,
    busy: Arc<Mutex<bool>>,
}

impl Sink {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken: Arc<Mutex<Vec<String>>> = Arc::default();
        let busy: Arc<Mutex<bool>> = Arc::default();
        let (kept, refusing) = (Arc::clone(&taken), Arc::clone(&busy));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut say = |text: &str| stream.write_all(format!("{text}\r\n").as_bytes()).unwrap();
                say("220 sink");
                let (mut line, mut mail) = (String::new(), String::new());
                loop {
                    line.clear();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 {
                        break;
                    }
                    let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
                    match word.as_str() {
                        "RCPT" if *refusing.lock().unwrap() => say("451 busy"),
                        "RCPT" => {
                            mail.push_str(&line);
                            say("250 ok");
                        }
                        "DATA" => {
                            say("354 go on");
                            loop {
                                line.clear();
                                reader.read_line(&mut line).unwrap();
                                if line.trim_end() == "." {
                                    break;
                                }
                                mail.push_str(&line);
                            }
                            kept.lock().unwrap().push(std::mem::take(&mut mail));
                            say("250 taken");
                        }
                        "QUIT" => {
                            say("221 bye");
                            break;
                        }
                        _ => say("250 ok"),
                    }
                }
            }
        });
        Self {
            server: MailServer {
                url: url.into(),
                from: "bank@example.com".to_owned(),
            },
            taken,
            busy,
        }
    }

    /// What came since this was asked before, with its text decoded.
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.taken.lock().unwrap())
            .iter()
            .map(|mail| decoded(mail))
            .collect()
    }
}

/// Quoted-printable and base64 texts as they are read.
fn decoded(mail: &str) -> String {
    use base64::prelude::{BASE64_STANDARD, Engine};
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    if head.contains("base64") {
        let bytes = BASE64_STANDARD.decode(body.replace("\r\n", "")).unwrap();
        return format!("{head}\n{}", String::from_utf8(bytes).unwrap());
    }
    mail.to_owned()
}

fn code_in(mail: &str) -> String {
    let digits = mail.split("Code: ").nth(1).unwrap();
    digits.chars().take_while(char::is_ascii_digit).collect()
}

fn send_all(world: &World, sink: &Sink, minutes: i64) {
    let mailer = Mailer::open(&sink.server).unwrap();
    let now = bank_at(world, minutes).now;
    while send_next(&world.bank, &mailer, now).unwrap() {}
}

fn at(context: &Context, minutes: i64) -> Context {
    Context {
        now: context.now + TimeDelta::minutes(minutes),
        ..*context
    }
}

fn english() -> MailAddress {
    MailAddress {
        address: "wang@example.com".to_owned(),
        language: MailLanguage::English,
    }
}

/// A bank with mail, a learner, and an address that is confirmed.
fn confirmed(world: &World, sink: &Sink) -> (Context, Uuid) {
    let (own, learner_id) = learner(world, 1);
    give_address(&world.bank, &own, &english()).unwrap();
    send_all(world, sink, 1);
    let code = code_in(&sink.take()[0]);
    assert!(confirm_address(&world.bank, &own, &code).unwrap().confirmed);
    (own, learner_id)
}

fn on_both_with_mail(test: impl Fn(&World, &Sink)) {
    let sink = Sink::start();
    let server = sink.server.clone();
    on_both_with(
        |bank| bank.outside.mail_server = Some(server.clone()),
        |world| {
            *sink.busy.lock().unwrap() = false;
            test(world, &sink);
        },
    );
}

#[test]
fn nothing_is_sent_to_an_address_before_its_code_came_back() {
    on_both_with_mail(|world, sink| {
        let bank = &world.bank;
        let (own, _) = learner(world, 1);
        let wrong = MailAddress {
            address: "wang@example.com\r\nBcc: other@example.com".to_owned(),
            ..english()
        };
        assert_eq!(refused(give_address(bank, &own, &wrong)).code(), "invalid_body");
        let given = give_address(bank, &own, &english()).unwrap();
        assert_eq!((given.address.as_deref(), given.confirmed), (Some("wang@example.com"), false));
        assert_eq!(
            refused(give_address(bank, &own, &english())),
            Rejection::TooManyAttempts {},
            "another code at once"
        );
        deposit(world, 1, 1);
        publish_all(world);
        assert_eq!(write_digests(bank, &bank_at(world, 2)).unwrap(), 0);
        send_all(world, sink, 2);
        let mails = sink.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert!(
            mail.contains("RCPT TO:<wang@example.com>") && mail.contains("Subject: Credit bank: confirm your address"),
            "{mail}"
        );
        let code = code_in(mail);
        let guess = if code.starts_with('0') { "10000000" } else { "00000000" };
        for _ in 0..5 {
            assert_eq!(refused(confirm_address(bank, &own, guess)), Rejection::MailCodeWrong {});
        }
        assert_eq!(
            refused(confirm_address(bank, &own, &code)),
            Rejection::MailCodeWrong {},
            "after five guesses"
        );
        give_address(bank, &at(&own, 2), &english()).unwrap();
        send_all(world, sink, 3);
        let code = code_in(&sink.take()[0]);
        assert_eq!(
            refused(confirm_address(bank, &at(&own, 63), &code)),
            Rejection::MailCodeWrong {},
            "an hour later"
        );
        assert!(confirm_address(bank, &at(&own, 3), &code).unwrap().confirmed);
        assert_eq!(
            refused(confirm_address(bank, &at(&own, 3), &code)),
            Rejection::MailCodeWrong {},
            "a code works once"
        );
        for minutes in [5, 7, 9, 11, 13] {
            give_address(bank, &at(&own, minutes), &english()).unwrap();
        }
        assert_eq!(
            refused(give_address(bank, &at(&own, 15), &english())),
            Rejection::TooManyAttempts {},
            "five a day"
        );
        assert!(
            !read_notification_preferences(bank, &own).unwrap().confirmed,
            "another address is confirmed anew"
        );
    });
}

#[test]
fn many_events_become_one_mail_that_says_nothing_of_the_record() {
    on_both_with_mail(|world, sink| {
        let (bank, officer) = (&world.bank, people(world).officer);
        let (own, learner_id) = confirmed(world, sink);
        for number in 0..12 {
            deposit(world, 1, number);
        }
        deposit(world, 2, 50);
        publish_all(world);
        list_accesses(bank, &officer, Whose::Learner(learner_id), None, 10).unwrap();
        assert_eq!(write_digests(bank, &bank_at(world, 2)).unwrap(), 1);
        assert_eq!(write_digests(bank, &bank_at(world, 2)).unwrap(), 0);
        send_all(world, sink, 2);
        let mails = sink.take();
        let [mail] = &mails[..] else { panic!("{mails:?}") };
        assert!(mail.contains("Subject: Credit bank: news of your account"), "{mail}");
        assert!(mail.contains("Outcomes that brought credit: 12"), "{mail}");
        assert!(!mail.contains("Looks at your record"), "only where it is wished for");
        for personal in ["王芳", "9.00", "E00000001", "安阳"] {
            assert!(!mail.contains(personal), "{personal}: {mail}");
        }
        deposit(world, 1, 60);
        publish_all(world);
        assert_eq!(write_digests(bank, &bank_at(world, 30)).unwrap(), 0, "not yet");
        assert_eq!(write_digests(bank, &bank_at(world, 63)).unwrap(), 1);
        send_all(world, sink, 63);
        assert!(sink.take()[0].contains("Outcomes that brought credit: 1"));
        let wishes = MailWishes {
            language: MailLanguage::Chinese,
            mail: vec![NotificationKind::Looked],
        };
        let edition = read_notification_preferences(bank, &own).unwrap().edition;
        assert_eq!(
            refused(put_notification_preferences(bank, &own, edition + 1, &wishes)),
            Rejection::StaleEdition {}
        );
        let put = put_notification_preferences(bank, &own, edition, &wishes).unwrap();
        assert_eq!((put.mail, put.language), (wishes.mail, MailLanguage::Chinese));
        deposit(world, 1, 61);
        publish_all(world);
        list_accesses(bank, &officer, Whose::Learner(learner_id), None, 10).unwrap();
        assert_eq!(write_digests(bank, &bank_at(world, 200)).unwrap(), 1);
        send_all(world, sink, 200);
        let mail = sink.take().remove(0);
        assert!(mail.contains("他人查看您的记录：1") && !mail.contains("认定"), "{mail}");
        remove_address(bank, &own).unwrap();
        list_accesses(bank, &officer, Whose::Learner(learner_id), None, 10).unwrap();
        assert_eq!(write_digests(bank, &bank_at(world, 400)).unwrap(), 0);
    });
}

#[test]
fn a_busy_mail_server_is_asked_again_and_a_lost_mail_is_sent_again() {
    on_both_with_mail(|world, sink| {
        confirmed(world, sink);
        deposit(world, 1, 1);
        publish_all(world);
        write_digests(&world.bank, &bank_at(world, 2)).unwrap();
        *sink.busy.lock().unwrap() = true;
        send_all(world, sink, 2);
        assert_eq!(sink.take(), Vec::<String>::new());
        *sink.busy.lock().unwrap() = false;
        send_all(world, sink, 2);
        assert_eq!(sink.take(), Vec::<String>::new(), "not at once");
        send_all(world, sink, 4);
        assert_eq!(sink.take().len(), 1);
        send_all(world, sink, 400);
        assert_eq!(sink.take(), Vec::<String>::new(), "once");
    });
}

#[test]
fn a_bank_without_mail_says_so() {
    on_both_with(
        |_| {},
        |world| {
            let (own, _) = learner(world, 1);
            assert_eq!(refused(give_address(&world.bank, &own, &english())), Rejection::MailOff {});
            assert_eq!(read_notification_preferences(&world.bank, &own).unwrap().edition, 0);
        },
    );
}
