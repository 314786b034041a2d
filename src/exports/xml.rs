//! XML that is written as Exclusive XML Canonicalization writes it, so that its bytes are what is signed: no empty-element tags, no
//! declarations beyond what is used, attributes in order, and only the escapes that the canonical form has.

/// An element that is being written.
pub(super) struct Xml(String);

impl Xml {
    pub(super) fn new() -> Self {
        Self(String::new())
    }

    /// Opens an element. Attributes come in their canonical order: declarations of namespaces first.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.0.push('<');
        self.0.push_str(name);
        for (attribute, value) in attributes {
            self.0.push(' ');
            self.0.push_str(attribute);
            self.0.push_str("=\"");
            escape_attribute(value, &mut self.0);
            self.0.push('"');
        }
        self.0.push('>');
        self
    }

    pub(super) fn close(&mut self, name: &str) -> &mut Self {
        self.0.push_str("</");
        self.0.push_str(name);
        self.0.push('>');
        self
    }

    /// An element with a text.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> &mut Self {
        self.open(name, attributes);
        escape_text(text, &mut self.0);
        self.close(name)
    }

    /// Takes over what is canonical already.
    pub(super) fn raw(&mut self, canonical: &str) -> &mut Self {
        self.0.push_str(canonical);
        self
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether XML 1.0 knows a character; the others are left out.
fn is_known(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

fn escape_text(text: &str, into: &mut String) {
    for character in text.chars().filter(|character| is_known(*character)) {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '\r' => into.push_str("&#xD;"),
            plain => into.push(plain),
        }
    }
}

fn escape_attribute(text: &str, into: &mut String) {
    for character in text.chars().filter(|character| is_known(*character)) {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '"' => into.push_str("&quot;"),
            '\t' => into.push_str("&#x9;"),
            '\n' => into.push_str("&#xA;"),
            '\r' => into.push_str("&#xD;"),
            plain => into.push(plain),
        }
    }
}
