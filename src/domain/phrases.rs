//! What is said of single fields, in Chinese. The English sentence is the key, as in a gettext catalogue: the code says
//! what is wrong once, in English, and this table says the same in Chinese.

mod packs;
mod records;
mod shapes;

/// English and Chinese; `{}` stands for what is filled in, in the same order.
const PHRASES: &[(&str, &str)] = &[
    // What to do about rows of a file that were refused.
    (
        "Compare the name and the number with the document, and settle the mismatch in the list.",
        "请核对证件上的姓名和号码，并在待核实清单中处理。",
    ),
    (
        "Publish the achievement, or map this code to one under “How files are read”.",
        "请先发布该学习成果标准，或在文件读取设置中为此编码指定对应的标准。",
    ),
    (
        "Use a code of your own institution, or map this one under “How files are read”.",
        "请使用本机构的编码，或在文件读取设置中为此编码指定对应的标准。",
    ),
    ("must have at most {} entries", "最多 {} 项"),
    (
        "is not the code of a published achievement of this institution",
        "不是本机构已发布的学习成果标准的编码",
    ),
    ("Put in the day on which it was awarded.", "请填写实际取得日期。"),
    ("Put in the hours of the whole training.", "请填写整个培训的学时。"),
    (
        "Correct the row, or correct the outcome that is in the bank.",
        "请改正该行，或对已存入的成果提出更正。",
    ),
    ("Wait for the approval of the institution.", "请等待机构获得批准。"),
    ("Correct the value and upload the file again.", "请改正该值后重新上传。"),
    ("is required", "必须填写"),
    ("must be a date such as 2026-06-30", "应为日期，例如 2026-06-30"),
    ("must be a whole number", "应为整数"),
    ("is not an identifier", "编号格式不正确"),
    ("does not fit the kind", "与种类不符"),
    ("names one twice", "重复列出了同一项"),
    ("is not an outcome of the learner that stands", "不是该学习者现行有效的学习成果"),
    ("is not the name of a type of events", "不是事件类型的名称"),
    ("must be an https:// address", "必须是 https:// 地址"),
    ("must be an address of at most 500 characters", "必须是不超过 500 个字符的地址"),
    ("must have no user name, password or fragment", "不得含有用户名、密码或片段"),
    ("must name a host of the open network by its name", "必须以域名指明公网主机"),
    ("must be an address for mail", "必须是邮箱地址"),
    ("is used or kept differently now", "现在的状态或使用情况与预览不同"),
    ("is no longer among the outcomes", "已不在范围内"),
    ("is among the outcomes only now", "预览之后才进入范围"),
    ("is before the first day", "早于开始日期"),
    ("is not that of the preview", "与预览不符"),
    ("is no outcome of this institution", "不是该机构的成果"),
    ("is not a file of one of the two learners", "不是这两名学习者的文件"),
    ("is not an outcome deposited here since the merge", "不是合并之后存入该账户的成果"),
    ("is on several outcomes; name the one by its id", "对应多项成果，请用成果编号指定"),
    ("must name 1 to 500 outcomes", "必须指定 1 至 500 项成果"),
    ("must name 1 to 1000 outcomes", "必须指定 1 至 1000 项成果"),
    ("goes with the kind “correct” and one outcome", "仅用于单项成果的 correct 更正"),
    ("goes with the verdict “replace”, and with no other", "仅且必须与 replace 一起填写"),
    ("goes with the answer “accept”, and with no other", "仅且必须与 accept 一起填写"),
    ("goes with the answer “refuse”, and with no other", "仅且必须与 refuse 一起填写"),
    ("is not a field of this body", "不是此请求的字段"),
    ("is given more than once", "出现了不止一次"),
    ("is left out by somebody who is logged in", "已登录时不必填写"),
    ("is named twice", "重复"),
    ("is too large", "数值过大"),
    ("is less than nothing", "不能为负数"),
    ("is less than one step", "小于一个计算单位"),
    ("is before effective_from", "早于 effective_from"),
    ("is before valid_from, {}", "早于 valid_from（{}）"),
    ("is before valid_from", "早于 valid_from"),
    ("is not a code of GB/T 4658-2006", "不是 GB/T 4658-2006 的代码"),
    ("is not one that a Link named", "不是 Link 给出的游标"),
    ("is the same in all versions of a rule", "同一标准的各版本必须相同"),
    ("does not belong to this kind of achievement", "不适用于此类学习成果"),
    ("does not hold a real date of birth", "出生日期不真实"),
    ("has characters that such a number never has", "含有此类号码不会有的字符"),
    ("has the wrong check digit", "校验码不正确"),
    (
        "was damaged by a spreadsheet: it is in scientific notation; format the column as text and export again",
        "已被电子表格损坏（科学计数法）：请将该列设为文本格式后重新导出",
    ),
    ("give either “user” or “username”", "“user”与“username”只填其一"),
    ("goes with a family, and a family with a rank", "须与 family 同时填写"),
    ("goes with a framework, and a framework with a level", "须与 framework_id 同时填写"),
    ("means nothing without a family", "没有 family 时无意义"),
    ("must be more than nothing", "必须大于零"),
    ("must be given", "必须提供"),
    ("is not one of the choices", "不是可选项之一"),
    ("has no meaning here", "在此处无意义"),
    (
        "must be a number such as 56 or 2.50, with at most two decimals",
        "必须是数字，例如 56 或 2.50，最多两位小数",
    ),
    ("must be later than that of the version before, {}", "必须晚于上一版本的 {}"),
    ("must be {} to {}", "必须在 {} 到 {} 之间"),
    ("must have 18 characters (or 15 in its old form)", "必须是 18 位（旧号码 15 位）"),
    (
        "must have the 18 characters of a unified social credit code",
        "必须是 18 位统一社会信用代码",
    ),
    ("must have {} to {} characters and no digits", "必须是 {} 至 {} 个字符，不含数字"),
    ("must have {} to {} visible ASCII characters", "必须是 {} 至 {} 个可见 ASCII 字符"),
    ("must have {} to {} visible characters", "必须是 {} 至 {} 个可见字符"),
    (
        "must have {} to {} of a-z, 0-9, dot, hyphen and underscore",
        "必须是 {} 至 {} 个小写字母、数字、点、连字符或下划线",
    ),
    (
        "must have {} to {} of a-z, 0-9 and hyphen",
        "必须是 {} 至 {} 个小写字母、数字或连字符",
    ),
    ("must have {} to {} levels", "必须有 {} 至 {} 个等级"),
    ("must have {} to {} characters", "必须是 {} 至 {} 个字符"),
    ("must have no control characters", "不得含有控制字符"),
    ("must have no slash or backslash", "不得含有斜杠或反斜杠"),
    (
        "is not a file of this learner that the caller may read",
        "不是该学习者的、您有权查看的文件",
    ),
    ("must not have the character U+0000", "不得含有字符 U+0000"),
    ("must have at most {} characters", "最多 {} 个字符"),
    ("must have six digits", "必须是六位数字"),
    ("must name at least one property", "至少指明一个条件"),
    ("must name at least one role", "至少一个角色"),
    ("must name at least one scope", "至少一个权限范围"),
    ("must stay {}", "不能改变，仍须为 {}"),
    // What is said of programmes, agreements and pathways.
    ("must have {} to {} items", "必须有 {} 至 {} 项"),
    ("must have weights of 100 in all", "各部分权重之和必须为 100"),
    (
        "must give skills a weight of at least 50 (paragraph (八) of 安政办〔2021〕55号)",
        "职业技能所占权重不得低于 50（安政办〔2021〕55号（八））",
    ),
    (
        "must be at most {} tags of a-z, 0-9 and hyphen",
        "最多 {} 个标签，由小写字母、数字或连字符组成",
    ),
    ("is more than required_credit", "大于 required_credit"),
    (
        "has minima of {} in all, more than required_credit, {}",
        "最低学分之和为 {}，大于 required_credit（{}）",
    ),
    ("is there twice", "出现两次"),
    ("has the same key twice", "同一个 key 出现两次"),
    ("is not one of the programme's buckets", "不是本专业的课程类别"),
    ("is the same as from", "与 from 相同"),
    ("is the same in all versions of an agreement", "同一协议的各版本必须相同"),
    ("is not the code of an institution of the bank", "不是本行机构的代码"),
    ("is not the code of a programme of that institution", "不是该机构的专业代码"),
    ("means nothing at the last stage", "在最后阶段无意义"),
    ("is required at every stage but the last", "除最后阶段外，每个阶段都必须填写"),
    ("it has fewer than {} characters", "少于 {} 个字符"),
    ("it has more than {} characters", "多于 {} 个字符"),
    ("it is common or easily guessed", "过于常见或容易被猜到"),
    // What is said of rule packs.
    ("must have at most {} items", "最多 {} 项"),
    ("must be the institution's credit code, {}", "必须是本机构的统一社会信用代码 {}"),
    ("must be absent in a standard of the bank", "学分银行自己的标准不填此项"),
    ("must not lead back to the pack itself", "不能循环到本转换规则"),
    (
        "must have at most {} items in all, with those that they stand under",
        "连同其上级转换规则，总共最多 {} 项",
    ),
    // What is said of the rules for claims.
    (
        "must be odd and between 3 and 15, so that votes never tie",
        "必须是 3 到 15 之间的奇数，以免票数相等",
    ),
    ("must be 0 for no notice, or between 3 and 7", "必须是 0（不公示）或 3 到 7"),
    // What is said of public holidays.
    ("must be a day of the year {}", "必须是 {} 年的日期"),
    ("is before from", "早于 from"),
    ("makes a holiday of more than {} days", "假期超过 {} 天"),
    ("is in the holiday {} as well", "同时属于“{}”假期"),
    (
        "must be a Saturday or a Sunday: other days are worked anyway",
        "必须是周六或周日：其他日期本来就上班",
    ),
    // What the readers of JSON and of queries say.
    ("unknown variant “{}”, expected one of {}", "没有取值“{}”，可用的有：{}"),
    ("unknown variant “{}”, expected {}", "没有取值“{}”，应为{}"),
    ("invalid type: {}, expected {}", "类型不对：{}，应为{}"),
    ("invalid value: {}, expected {}", "取值不对：{}，应为{}"),
    ("duplicate field “{}”", "字段“{}”重复"),
    ("EOF while parsing {}", "内容不完整：{}"),
    ("trailing characters at line {} column {}", "第 {} 行第 {} 列起有多余内容"),
    ("trailing characters", "末尾有多余内容"),
    ("recursion limit exceeded", "嵌套层数过多"),
    // What the reader of days says.
    ("input contains invalid characters", "含有无效字符"),
    ("premature end of input", "内容不完整"),
    ("input is out of range", "超出范围"),
    ("trailing input", "末尾有多余内容"),
];

/// The sentence with the quotation marks of people: the readers of JSON put backticks around what they quote.
pub fn in_english(english: &str) -> String {
    let mut is_open = false;
    let with_quotes = english.chars().map(|letter| {
        if letter != '`' {
            return letter;
        }
        is_open = !is_open;
        if is_open { '“' } else { '”' }
    });
    with_quotes.collect()
}

/// The sentence in Chinese; in English where the table does not have it.
pub fn in_chinese(english: &str) -> String {
    let english = in_english(english);
    let found = records::PHRASES
        .iter()
        .chain(PHRASES)
        .chain(packs::PHRASES)
        .find_map(|(pattern, chinese)| {
            let values = filled_in(pattern, &english)?;
            let is_of_shapes = pattern.starts_with("invalid ") || pattern.starts_with("EOF ");
            let say: fn(&str) -> String = if is_of_shapes { shapes::in_chinese } else { listed };
            Some(fill(chinese, values.into_iter().map(say)))
        });
    found.unwrap_or(english)
}

/// Choices that the readers of JSON list, with what stands between them in Chinese.
fn listed(value: &str) -> String {
    value.replace("”, “", "”、“").replace("” or “", "”或“")
}

/// What stands in the places of a pattern, if the text has its shape.
fn filled_in<'a>(pattern: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let parts: Vec<&str> = parts.collect();
    for (number, part) in parts.iter().enumerate() {
        let last = number + 1 == parts.len();
        let end = if last { rest.strip_suffix(part)?.len() } else { rest.find(part)? };
        found.push(rest.get(..end)?);
        rest = rest.get(end + part.len()..)?;
    }
    rest.is_empty().then_some(found)
}

fn fill(pattern: &str, values: impl Iterator<Item = String>) -> String {
    values.fold(pattern.to_owned(), |text, value| text.replacen("{}", &value, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found_with_what_is_filled_in() {
        let cases = [
            ("is required", "必须填写"),
            ("is not the name of a type of events", "不是事件类型的名称"),
            ("must be an https:// address", "必须是 https:// 地址"),
            ("must be an address of at most 500 characters", "必须是不超过 500 个字符的地址"),
            ("must have no user name, password or fragment", "不得含有用户名、密码或片段"),
            ("must name a host of the open network by its name", "必须以域名指明公网主机"),
            ("must be an address for mail", "必须是邮箱地址"),
            ("must have 1 to 100 characters", "必须是 1 至 100 个字符"),
            ("must have 1 to 100 characters and no digits", "必须是 1 至 100 个字符，不含数字"),
            ("is before valid_from, 2024-01-01", "早于 valid_from（2024-01-01）"),
            ("invalid type: integer `7`, expected a sequence", "类型不对：整数“7”，应为列表"),
            ("invalid type: string \"7\", expected u8", "类型不对：文本“7”，应为整数"),
            ("EOF while parsing an object", "内容不完整：对象"),
            ("trailing characters at line 1 column 13", "第 1 行第 13 列起有多余内容"),
            (
                "unknown variant `x`, expected one of `a`, `b`, `c`",
                "没有取值“x”，可用的有：“a”、“b”、“c”",
            ),
            (
                "unknown variant `some`, expected `one` or `many`",
                "没有取值“some”，应为“one”或“many”",
            ),
            ("is not a clause of the pack: map", "转换规则中没有此条款：map"),
            ("said by nobody", "said by nobody"),
        ];
        for (english, chinese) in cases {
            assert_eq!(in_chinese(english), chinese);
        }
    }

    /// Reads the sources for what they say of fields: texts that begin like such a sentence.
    #[test]
    fn everything_that_is_said_of_a_field_is_in_the_table() {
        let beginnings = [
            "must ",
            "is ",
            "makes ",
            "goes ",
            "means ",
            "does not ",
            "has ",
            "give ",
            "it has ",
            "it is ",
            "was damaged",
            "The picture ",
            "The PDF ",
        ];
        // Said to the people who run the bank, in `verify`, the command line and the configuration.
        let elsewhere = ["movement.rs", "main.rs"];
        let mut open = vec![
            std::path::PathBuf::from("src/domain"),
            "src/ops".into(),
            "src/http".into(),
            "src/outside/target.rs".into(),
            "src/vault/passwords.rs".into(),
        ];
        let (mut seen, mut missing) = (0, Vec::new());
        while let Some(path) = open.pop() {
            if path.is_dir() {
                open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            if elsewhere.iter().any(|name| path.ends_with(name)) || path.ends_with("tests.rs") || path.ends_with("phrases.rs") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
                for said in line
                    .split('"')
                    .skip(1)
                    .step_by(2)
                    .filter(|said| beginnings.iter().any(|start| said.starts_with(start)))
                {
                    seen += 1;
                    let sample = said.replace("{most}", "9").replace("{CHARACTERS}", "9").replace("{}", "9");
                    if in_chinese(&sample) == sample {
                        missing.push(format!("{}: {said}", path.display()));
                    }
                }
            }
        }
        assert!(seen > 50, "{seen} sentences were read");
        assert_eq!(missing, Vec::<String>::new());
    }
}
