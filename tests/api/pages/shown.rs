//! What anybody shows as a file where things are verified: pictures of codes, and papers as PDF.

use credit_bank::domain::paper_number::PaperNumber;
use image::{GrayImage, ImageFormat, Luma};
use reqwest::Method;
use serde_json::json;

use super::browser::Browser;
use crate::pictures::{drawn, saved};
use crate::server::{Answer, Server, on_both};
use crate::shares::Sharer;
use crate::statements::wait_for;
use crate::town::Town;

/// Somebody without a log-in chooses a file.
fn chosen(server: &Server, name: &str, content: &[u8]) -> Answer {
    let field = |name: &str| format!("--part\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n\r\n");
    let file = format!("--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let mut body = format!("{}{}{file}", field("form_token"), field("credential")).into_bytes();
    body.extend(content);
    body.extend(b"\r\n--part--\r\n");
    let browser = Browser::of_nobody(server);
    let request = browser.request(Method::POST, "/verify").header("Sec-Fetch-Site", "same-origin");
    let request = request.header("Content-Type", "multipart/form-data; boundary=part").body(body);
    Answer::of(request.send().unwrap())
}

#[test]
fn a_picture_of_a_code_leads_where_the_bank_has_a_page_and_nowhere_else() {
    on_both(|server| {
        let town = Town::build(server);
        let sharer = Sharer::with(server, &town);
        let code = sharer.share["code"].as_str().unwrap().replace('-', "");
        let number = PaperNumber::from_entropy(2026, 1).unwrap();
        let leads = [
            (number.spaced(), format!("/check/{}", number.as_str())),
            (sharer.share["url"].as_str().unwrap().to_owned(), format!("/s/{code}")),
        ];
        for (said, path) in &leads {
            for (name, format) in [("code.png", ImageFormat::Png), ("code.jpg", ImageFormat::Jpeg)] {
                let answer = chosen(server, name, &saved(drawn(said), format));
                assert_eq!((answer.status, answer.header("location")), (303, Some(path.as_str())), "{said}");
            }
        }

        let foreign = format!("https://evil.example/check/{}?<script>alert(1)</script>", number.as_str());
        let answer = chosen(server, "code.png", &saved(drawn(&foreign), ImageFormat::Png));
        assert_eq!((answer.status, answer.header("location")), (422, None));
        for said in [
            "The picture has a QR code that leads to nothing that this bank checks.",
            "https://evil.example/check/",
            "&#60;script&#62;alert(1)",
        ] {
            assert!(answer.text.contains(said), "{said}: {}", answer.text);
        }
        assert!(
            !answer.text.contains("<script>alert") && !answer.text.contains("href=\"https://evil"),
            "{}",
            answer.text
        );

        // Nobody signed it, and it is looked at all the same.
        let token = chosen(server, "code.png", &saved(drawn("eyJhbGciOiJFZERTQSJ9.e30.AAAA"), ImageFormat::Png));
        assert_eq!(token.status, 200);
        assert!(token.text.contains("class=\"verdict "), "{}", token.text);

        let white = saved(GrayImage::from_pixel(300, 300, Luma([255])), ImageFormat::Png);
        let half = white.get(..white.len() / 2).unwrap();
        let refused: [(&str, &[u8], &str); 5] = [
            ("white.png", &white, "The picture has no QR code that can be read"),
            ("half.png", half, "is damaged"),
            ("picture.webp", b"RIFF\x10\0\0\0WEBPVP8 ", "save it as PNG or JPEG"),
            ("nonsense", b"\xff\xfe nonsense", "The file is neither a credential"),
            ("cut.pdf", b"%PDF-1.7\n1 0 obj", "was cut off or is damaged"),
        ];
        for (name, content, said) in refused {
            let answer = chosen(server, name, content);
            assert_eq!(answer.status, 422, "{name}");
            assert!(answer.text.contains(said), "{name}: {}", answer.text);
        }
    });
}

#[test]
fn a_paper_is_verified_by_what_is_attached_to_it_and_by_its_number() {
    on_both(|server| {
        let town = Town::build(server);
        let deposited = town.deposit(server, &town.outcome("S000441012345242000001")).expect(201);
        let learner = town.claim(server, deposited["learner_id"].as_str().unwrap(), "wangfang");
        let issued = server.post("/api/v1/me/statements", &learner, &json!({ "kind": "record" }));
        let path = issued.header("location").unwrap().to_owned();
        issued.expect(202);
        let ready = wait_for(server, &path, &learner);
        let pdf = server.request(Method::GET, &format!("{path}/pdf")).bearer_auth(&learner);
        let pdf = pdf.send().unwrap().bytes().unwrap().to_vec();

        let own = chosen(server, "statement.pdf", &pdf);
        assert_eq!(own.status, 200, "{}", own.text);
        let number = ready["number"].as_str().unwrap();
        for said in [
            number,
            "王*",
            "byte for byte the one that the bank issued",
            "The credential attached to the PDF",
        ] {
            assert!(own.text.contains(said), "{said}: {}", own.text);
        }
        assert_eq!(own.text.matches("class=\"verdict valid\"").count(), 2, "{}", own.text);

        // What is printed can be altered without the credential, so it is said that the file is another one.
        let mut altered = pdf.clone();
        altered.extend(b"% altered\n%%EOF\n");
        let altered = chosen(server, "statement.pdf", &altered).text;
        assert!(
            altered.contains("not byte for byte") && !altered.contains("is byte for byte"),
            "{altered}"
        );
        let cut = chosen(server, "statement.pdf", pdf.get(..pdf.len() / 2).unwrap());
        assert_eq!(cut.status, 422);

        server.post(&format!("{path}/revoke"), &learner, &json!({})).expect(200);
        let after = chosen(server, "statement.pdf", &pdf).text;
        assert!(after.contains("class=\"verdict withdrawn\""), "{after}");

        // Of another bank, or of nobody: a number alone says nothing here.
        let unknown = PaperNumber::from_entropy(2026, 1).unwrap().spaced();
        let unknown = chosen(server, "other.pdf", format!("%PDF-1.7\n{unknown}\n%%EOF\n").as_bytes());
        assert_eq!(unknown.status, 200);
        assert!(unknown.text.contains("There is no such number"), "{}", unknown.text);
        let empty = chosen(server, "empty.pdf", b"%PDF-1.7\nnothing\n%%EOF\n");
        assert_eq!(empty.status, 422);
        assert!(empty.text.contains("credential.json"), "{}", empty.text);
    });
}
