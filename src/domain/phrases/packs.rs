//! What is said of rule packs, in Chinese.

/// English and Chinese, as in the table that this one continues.
pub(super) const PHRASES: &[(&str, &str)] = &[
    // What is no JSON.
    ("must be JSON; it breaks off here", "不是有效的 JSON：到此处读不下去"),
    // How a test case came out otherwise.
    ("recognised: expected {}, found {}", "认可的学分：应为 {}，实为 {}"),
    ("used of {}: expected {}, found {}", "成果 {} 用去的学分：应为 {}，实为 {}"),
    ("reasons of {}: expected {}, found {}", "成果 {} 的理由：应有 {}，实为 {}"),
    ("cut by {}: expected {}, found {}", "限额 {} 的扣减：应为 {}，实为 {}"),
    ("no answer: {}", "无法得出结果：{}"),
    // What the author has to choose.
    (
        "must say which date selects the version that judges an outcome: award_date or decision_date",
        "必须写明以哪个日期确定适用的版本：award_date（取得日期）或 decision_date（认定日期）",
    ),
    (
        "must say whether one outcome goes to one course or may be spread over many: one or many",
        "必须写明一项成果只转换为一门课程，还是可以分到多门：one 或 many",
    ),
    (
        "must say whether credit that finds no target is lost or stays usable: forfeited or kept",
        "必须写明没有转换去向的学分作废还是保留：forfeited 或 kept",
    ),
    (
        "must say whether one outcome covers a whole course, several may together, or a part suffices: whole_by_one, whole_together or part",
        "必须写明课程须由一项成果整门覆盖、可由多项成果合并整门覆盖，还是可部分覆盖：whole_by_one、whole_together 或 part",
    ),
    (
        "must say whether the anniversary itself is still inside: anniversary_included or anniversary_excluded",
        "必须写明期满当日是否仍在期限内：anniversary_included 或 anniversary_excluded",
    ),
    (
        "must say what lower scores are recorded with: ask minimum_score of the last step, or end with a step from 0",
        "必须写明更低的分数如何记载：以最后一档的分数为 minimum_score，或加上从 0 起的一档",
    ),
    (
        "must say whether courses with near names are the same course or substitutes: same or substitutes",
        "必须写明名称相近的课程视为同一课程还是可替代课程：same 或 substitutes",
    ),
    (
        "must say whether it is inside or outside the limit that counts more: name it in inside or in outside: {}",
        "必须写明本限额包含在范围更大的限额之内还是之外，请在 inside 或 outside 中指明：{}",
    ),
    // What is not there.
    ("is not a programme of the owner: {}", "不是制定机构的专业：{}"),
    ("is not a pack that is there: {}", "没有此转换规则：{}"),
    (
        "is not a family of definitions.families: {}",
        "definitions.families 中没有此系列：{}",
    ),
    ("is not a rank of any family that is asked: {}", "所指系列中没有此级别：{}"),
    (
        "is not a scale of definitions.grade_scales: {}",
        "definitions.grade_scales 中没有此等级制：{}",
    ),
    (
        "is not a grade of any scale of definitions.grade_scales: {}",
        "definitions.grade_scales 的各等级制中没有此等级：{}",
    ),
    ("is not a grade of the scale {}: {}", "等级制 {} 中没有此等级：{}"),
    (
        "is not a calendar of definitions.calendars: {}",
        "definitions.calendars 中没有此学期历：{}",
    ),
    ("is not a clause of the pack: {}", "转换规则中没有此条款：{}"),
    ("is not a limit that is there: {}", "没有此限额：{}"),
    (
        "is not a course of any programme that the rules are for: {}",
        "所适用的专业中没有此课程：{}",
    ),
    (
        "is not a bucket of any programme that the rules are for: {}",
        "所适用的专业中没有此课程模块：{}",
    ),
    (
        "is not a tag of any course of the programmes that the rules are for: {}",
        "所适用专业的课程中没有此标签：{}",
    ),
    (
        "is not a course of any programme that the rules are for",
        "所适用的专业中没有此课程",
    ),
    (
        "is not a bucket of any programme that the rules are for",
        "所适用的专业中没有此课程模块",
    ),
    (
        "is not a tag of any course of the programmes that the rules are for",
        "所适用专业的课程中没有此标签",
    ),
    (
        "must name a calendar: a limit per period needs one",
        "必须指明学期历：按期间计算的限额需要它",
    ),
    (
        "needs the table of names, definitions.names, which is not there",
        "需要名称对照表 definitions.names，但没有给出",
    ),
    (
        "needs the table of overlaps, definitions.overlaps, which is not there",
        "需要内容重合度表 definitions.overlaps，但没有给出",
    ),
    // What is said of a simulation.
    ("is not a programme of the bank", "本行没有此专业"),
    ("is not a programme of the pack's owner", "不是该转换规则所属机构的专业"),
    ("is not one of the programmes that the pack is for", "不是该转换规则所适用的专业"),
    // What contradicts.
    ("is the id of another rule as well: {}", "与另一条规则的编号相同：{}"),
    ("is defined twice: {}", "重复定义：{}"),
    ("stands in the table of synonyms twice: {}", "在同义词表中出现两次：{}"),
    ("names the limit itself: {}", "指向了限额自身：{}"),
    (
        "contradicts inside, which names the same limit: {}",
        "与 inside 矛盾，后者指明了同一限额：{}",
    ),
    (
        "contradicts itself: some tags stand both in tags_any and in tags_none",
        "自相矛盾：有标签同时出现在 tags_any 和 tags_none 中",
    ),
    (
        "leads back to the limit itself, so that the limits are inside each other in a circle: {}",
        "又回到限额自身，限额之间循环包含：{}",
    ),
    (
        "allows nothing, which contradicts the clauses that it counts: use an exclusion where nothing is to be converted",
        "限额为零，与其所计算的条款矛盾：如不予转换，请使用排除条款 exclusions",
    ),
    (
        "allows more than another limit of the same, so that it never matters: {}",
        "比同一范围的另一限额更宽，永远不起作用：{}",
    ),
    (
        "names a limit that counts the same, so that nothing is left for it to count: {}",
        "所指明的限额计算范围相同，使其没有可计算的内容：{}",
    ),
    (
        "has no effect beside the base course_credit: use a limit per outcome instead",
        "与 course_credit 同用时不起作用：请改用按成果计算的限额",
    ),
    (
        "means nothing for free credit, which is of no course: give another base, or courses only",
        "对不属于任何课程的学分没有意义：请改用其他计算基础，或只转换为课程",
    ),
    // What can never match.
    (
        "can never match: a contest alone belongs to an {}, and its kind is not among the kinds asked",
        "不可能符合：只有竞赛才属于 {}，而所要求的类型中没有竞赛",
    ),
    (
        "can never match: only a contest has this, and its kind is not among the kinds asked",
        "不可能符合：只有竞赛才有此项，而所要求的类型中没有竞赛",
    ),
    (
        "can never match: only a diploma has this, and its kind is not among the kinds asked",
        "不可能符合：只有学历证书才有此项，而所要求的类型中没有学历证书",
    ),
    (
        "can never match: who stands alone has no place in a team",
        "不可能符合：个人赛没有团队排名",
    ),
    (
        "can never match: nothing is asked here, so that every outcome is excepted",
        "不可能符合：此处未列任何条件，等于排除所有成果",
    ),
    (
        "can never match: none of the alternatives can",
        "不可能符合：各备选条件都不可能符合",
    ),
    ("can never match: the least is more than the most", "不可能符合：下限大于上限"),
    (
        "can never match: awarded_to is before awarded_from",
        "不可能符合：awarded_to 早于 awarded_from",
    ),
    (
        "can never match: the version judges by award date, and these dates are outside of those in which it is in force",
        "不可能符合：该版本按取得日期适用，而这些日期不在其有效期内",
    ),
    (
        "can never match: no course of the programmes that the rules are for has all of this",
        "不可能符合：所适用的专业中没有同时满足这些条件的课程",
    ),
    (
        "can never match: the tag is asked in tags_all and refused in tags_none: {}",
        "不可能符合：标签既在 tags_all 中要求又在 tags_none 中排除：{}",
    ),
    (
        "can never match: every tag of tags_any is refused in tags_none, as is: {}",
        "不可能符合：tags_any 的标签全部被 tags_none 排除，例如：{}",
    ),
    (
        "can never match: no overlap of the table reaches {}",
        "不可能符合：重合度表中没有达到 {} 的",
    ),
    (
        "can never match: the clause's own condition does not let it through: {}",
        "不可能符合：条款自身的条件已将其排除：{}",
    ),
    (
        "can never match: the exclusion takes away all that the clause is for: {}",
        "不可能符合：排除条款已排除本条款的全部内容：{}",
    ),
    (
        "can never match: a step before it takes every score that reaches this one; begin with the highest",
        "不可能符合：前面的档次已包含达到此档的所有分数；请从高到低排列",
    ),
    (
        "must ask for outcomes or courses: asking for nothing it excludes everything, and no clause could ever match",
        "必须指明成果或课程：不列条件等于排除一切，任何条款都不可能符合",
    ),
    // What is too large, not lawful, or leads back.
    ("must have {} to {} items, and has {}", "必须有 {} 至 {} 项，实际为 {} 项"),
    (
        "must not have lists and objects more than {} deep within each other",
        "列表和对象的嵌套不得超过 {} 层",
    ),
    (
        "must not have conditions more than {} deep within each other",
        "条件的嵌套不得超过 {} 层",
    ),
    (
        "has more problems than are told: only the first {} stand here",
        "问题过多：此处只列出前 {} 个",
    ),
    (
        "has more than {} packs above each other, or a circle among them: {}",
        "上级转换规则超过 {} 层，或其间有循环：{}",
    ),
    (
        "leads back to this pack through the packs above it: {}",
        "经由上级转换规则又回到本转换规则：{}",
    ),
    (
        "must say whether the highest is that of the highest rank or the one that brings most",
        "须说明“最高”是指等级最高，还是转换学分最多",
    ),
    (
        "means nothing here: of what counts once any one may be used",
        "此处没有意义：只计一次的成果，采用哪一项均可",
    ),
    (
        "must have a rule: neither clauses nor limits, highest_only, once_only or exclusions are there",
        "至少要有一条规则：条款、限额、就高、不重复和排除条款都没有",
    ),
    ("must have bounds of 1 to {}", "界限必须在 1 到 {} 之间"),
    ("must have a least, a most or both", "必须给出下限、上限或两者"),
    (
        "must have at least two words, which stand for each other",
        "至少要有两个互为同义的词",
    ),
    (
        "must be a month and a day that exist, such as 03-01",
        "必须是存在的月和日，例如 03-01",
    ),
    (
        "must be a whole number of 1 to 999, written without a leading nought",
        "必须是 1 到 999 的整数，不带前导零",
    ),
    (
        "overlaps a period before it: a day may be in one period only",
        "与前面的期间重叠：一天只能属于一个期间",
    ),
    ("is in the table twice: {}", "在表中出现两次：{}"),
    ("is less than one step, {}", "小于一个计算单位 {}"),
    (
        "must be empty in a programme's own limit: it counts whatever clause brings credit",
        "专业自身的限额中必须为空：无论由哪一条款转换都计算在内",
    ),
    ("means nothing unless the limit is per period", "只有按期间计算的限额才有意义"),
    ("means nothing unless the limit is per bucket", "只有按课程模块计算的限额才有意义"),
    ("means nothing unless the limit is per outcome", "只有按成果计算的限额才有意义"),
    (
        "must not be asked without a legal_basis of the clause: a trainee group is sensitive personal information (PIPL, article 28)",
        "条款没有 legal_basis 时不得要求：培训群体属于敏感个人信息（个人信息保护法第二十八条）",
    ),
    (
        "must not be asked here: a trainee group is sensitive personal information (PIPL, article 28), and only a clause with a legal_basis may ask for it",
        "此处不得要求：培训群体属于敏感个人信息（个人信息保护法第二十八条），只有写明 legal_basis 的条款才可要求",
    ),
];
