//! The summary of what is wrong with a form, above it: each line begins with the name that the form itself gives the field.

/// How a template says where the name of a field belongs: the field's id, and what stands between the name and what is wrong.
/// `<!--field hours ：-->` in the page is replaced.
const MARK: &str = "<!--field ";
const END: &str = "-->";

/// Those of both languages.
const FULL_STOPS: [char; 2] = ['\u{3002}', '.'];

/// Puts the names of fields where a page asks for them, as its labels and legends have them; what has no label has no name, and a
/// whole sentence needs none.
///
/// A page is asked rather than its handler, because only the page knows what it calls a field.
pub(super) fn name_fields(html: String) -> String {
    if !html.contains(MARK) {
        return html;
    }
    let mut named = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some((before, marked)) = rest.split_once(MARK) {
        named.push_str(before);
        let Some((mark, after)) = marked.split_once(END) else {
            rest = marked;
            continue;
        };
        if let Some((field, colon)) = mark.split_once(' ')
            && let Some(name) = name_of(&html, field)
            && !after.split('<').next().is_some_and(is_whole)
        {
            named.push_str(name);
            named.push_str(colon);
        }
        rest = after;
    }
    named.push_str(rest);
    named
}

/// Whether what is wrong is said in a sentence of its own, rather than of a field that is to be named before it.
fn is_whole(wrong: &str) -> bool {
    wrong.ends_with(FULL_STOPS)
}

/// What the label of a field, or the legend of a group, begins with.
fn name_of<'a>(html: &'a str, field: &str) -> Option<&'a str> {
    let of_label = html.split_once(&format!(" for=\"{field}\">")).map(|(_, label)| label);
    let label = of_label.or_else(|| {
        let (_, group) = html.split_once(&format!(" id=\"{field}\""))?;
        let (_, content) = group.split_once('>')?;
        content.strip_prefix("<legend>")
    })?;
    let name = label.split('<').next()?.trim();
    (!name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_begins_with_what_the_form_calls_the_field() {
        let page = |field: &str| {
            name_fields(format!(
                "<a href=\"#x\"><!--field {field} ：-->请填写</a><label for=\"hours\">学时 <strong>请填写</strong></label>\
                 <fieldset id=\"kinds\" tabindex=\"-1\"><legend>种类<strong>请选择</strong></legend></fieldset><input id=\"bare\"><b>x</b>"
            ))
        };
        for (field, line) in [
            ("hours", "<a href=\"#x\">学时：请填写</a>"),
            ("kinds", "<a href=\"#x\">种类：请填写</a>"),
            ("bare", "<a href=\"#x\">请填写</a>"),
            ("nowhere", "<a href=\"#x\">请填写</a>"),
        ] {
            assert!(page(field).starts_with(line), "{field}: {}", page(field));
        }
        let said = "<i><!--field hours ：-->没有这样的学时。</i><label for=\"hours\">学时</label>".to_owned();
        assert!(name_fields(said).starts_with("<i>没有这样的学时。</i>"));
        assert_eq!(name_fields("<p>no form</p>".to_owned()), "<p>no form</p>");
        assert_eq!(name_fields("a<!--field x".to_owned()), "ax");
    }
}
