//! What the readers of JSON call the shapes that they found or looked for, in Chinese.

/// English and Chinese; the longer of two that begin alike comes first.
const SHAPES: &[(&str, &str)] = &[
    ("string or map", "文本或对象"),
    ("string", "文本"),
    ("integer", "整数"),
    ("floating point", "小数"),
    ("boolean", "布尔值"),
    ("null", "空值"),
    ("sequence", "列表"),
    ("map", "对象"),
    ("a string", "文本"),
    ("a borrowed string", "文本"),
    ("a formatted date string", "日期"),
    ("a boolean", "布尔值"),
    ("a sequence", "列表"),
    ("a list", "列表"),
    ("a map", "对象"),
    ("an object", "对象"),
    ("a value", "取值"),
    ("u8", "整数"),
    ("u16", "整数"),
    ("u32", "整数"),
    ("u64", "整数"),
    ("usize", "整数"),
    ("i16", "整数"),
    ("i32", "整数"),
    ("i64", "整数"),
];

/// A shape, and what was found in it; itself where the table does not have it.
pub(super) fn in_chinese(english: &str) -> String {
    // What a structure is called inside is of no use to anybody else.
    if english.starts_with("struct ") || english.starts_with("internally tagged enum ") {
        return "对象".to_owned();
    }
    let said = SHAPES.iter().find_map(|(shape, chinese)| match english.strip_prefix(*shape)? {
        "" => Some((*chinese).to_owned()),
        found => Some(format!("{chinese}{}", quoted(found.strip_prefix(' ')?))),
    });
    said.unwrap_or_else(|| english.to_owned())
}

/// What was found, with the quotation marks of people.
fn quoted(found: &str) -> String {
    match found.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => format!("“{text}”"),
        None => found.to_owned(),
    }
}
