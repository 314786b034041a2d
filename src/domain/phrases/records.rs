//! What is said of fields of portfolios, views and shares, of issuers, and of archives.

/// As the table of which this is a part.
pub(super) const PHRASES: &[(&str, &str)] = &[
    ("must be given in Chinese or in English", "必须有中文或英文"),
    ("must be a day of the years {} to {}", "必须是 {} 至 {} 年之间的日期"),
    (
        "must be later than now, and at most 366 days later",
        "必须晚于现在，且不超过 366 天",
    ),
    ("must have 6 to 12 digits", "必须是 6 至 12 位数字"),
    ("must have 1 to 200 entries", "必须有 1 至 200 项"),
    (
        "must have 1 to {} characters, none of them a control character",
        "必须有 1 至 {} 个字，且不含控制字符",
    ),
    ("must name at least one kind", "至少选择一类"),
    ("goes without “kinds”", "不得与 kinds 同时填写"),
    (
        "goes with the answers “decline” and “revoke”, and with no other",
        "仅且必须与 decline 或 revoke 一起填写",
    ),
    ("is not an institution that can be asked", "不是可以请求的机构"),
    ("is not something of this portfolio", "不是该档案中的内容"),
    (
        "must be did:web, did:key, did:jwk or an https:// address",
        "必须是 did:web、did:key、did:jwk 或 https:// 地址",
    ),
    ("is needed for an https:// address", "https:// 地址必须提供"),
    (
        "must be one public key of Ed25519, P-256 or RSA, as multibase or as a JWK",
        "必须是一个 Ed25519、P-256 或 RSA 公钥，以 multibase 或 JWK 表示",
    ),
    ("is no kind of movement", "不是流水的种类"),
    ("is no institution", "不是已有的机构"),
    ("is neither JSON nor a JWT", "既不是 JSON 也不是 JWT"),
    (
        "The file is neither a credential (JSON or JWT) nor a picture (PNG or JPEG) nor a PDF.",
        "文件不是凭证（JSON 或 JWT），也不是图片（PNG 或 JPEG）或 PDF。",
    ),
    (
        "The picture is of another kind: save it as PNG or JPEG.",
        "图片是其他格式的，请另存为 PNG 或 JPEG。",
    ),
    ("The picture is damaged and cannot be read.", "图片已损坏，无法读取。"),
    (
        "The picture has more than 25 million pixels: make it smaller, or cut the code out of it.",
        "图片超过 2500 万像素，请缩小图片，或只截取二维码部分。",
    ),
    (
        "The picture has no QR code that can be read: take it from straight above, in good light, so that the code is sharp and fills most of it.",
        "图片中没有认出二维码，请在光线充足处正对二维码拍摄，让二维码清晰并占满大部分画面。",
    ),
    ("names no account", "没有这个账户号码"),
    (
        "names one of “learner_id” and “account_number”",
        "“learner_id”与“account_number”只填其一",
    ),
    (
        "The picture has a QR code that leads to nothing that this bank checks.",
        "图片中的二维码没有指向本行可以核验的内容。",
    ),
    ("The PDF was cut off or is damaged.", "PDF 文件不完整或已损坏。"),
    (
        "The PDF has neither a credential nor the number of a paper in it: type the number that is printed at its head and at the foot of every page, or save the attachment credential.json with a PDF reader and choose that.",
        "PDF 中既没有附带的凭证，也没有文件编号：请改为输入印在首页上方和每页页脚的编号，或用 PDF 阅读器把附件 credential.json 另存后再选择。",
    ),
    ("The file has no credential in it.", "文件中没有凭证。"),
    ("names something that only the other bank has", "所选内容只在另一家学分银行"),
    ("it is another learner's", "属于另一名学习者"),
    ("it is not a ZIP file, or it is damaged", "不是 ZIP 文件，或文件已损坏"),
    (
        "it has more files, or larger ones, than an archive of a record has",
        "其中的文件多于或大于一份档案所能有的",
    ),
    ("it has no record.json and manifest.json", "其中没有 record.json 和 manifest.json"),
    ("manifest.json is no JSON", "manifest.json 不是 JSON"),
    (
        "record.json is no record of a form that this bank reads",
        "record.json 不是本行能读的学习记录",
    ),
    (
        "is not in the signed list of files, or is there twice",
        "不在签名的文件清单中，或出现了两次",
    ),
    ("is not what was signed", "与签名时的内容不同"),
    (
        "is in the signed list of files and not in the archive",
        "在签名的文件清单中，但不在档案里",
    ),
    // What does not come out when a ledger is worked out again.
    ("its hashes are none", "其散列值无法读取"),
    ("is not the next in the sequence", "序号不连续"),
    ("does not name the hash before it", "没有接上前一条的散列值"),
    ("takes more than there is", "支出超过余额"),
    ("has the wrong running balance", "余额不符"),
    ("was edited: its hash does not match its content", "内容被改动：与其散列值不符"),
    ("its pockets do not add up", "各项数额之和不符"),
    ("its pockets differ from its movements", "数额与流水不符"),
    ("the decision that brought it is not there", "缺少其依据的认定决定"),
    ("it names a lot that is not there", "所指的学分批次不存在"),
    ("recomputed it is another", "重新核算的结果不同"),
    ("no grant brought it", "没有对应的授予"),
    ("a movement could not have happened", "有一笔流水不可能发生"),
];
