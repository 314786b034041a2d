//! What is said of fields of portfolios, views and shares, and of issuers.

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
    ("must name at least one kind", "至少选择一类"),
    ("goes without `kinds`", "不得与 kinds 同时填写"),
    (
        "goes with the answers `decline` and `revoke`, and with no other",
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
    ("is no institution", "不是已有的机构"),
];
