# 首页。
home-headline = 学过的，都算数
home-lead = 学历、技能证书、培训学时、竞赛成绩，存进学分银行，按公布的规则认定为学分，在任何接受它的院校和机构使用。每一步都有依据，可以核对，可以更正。
home-deposit = 存入
home-deposit-text = 由颁发证书的院校和机构存入，按证件号码归到您的账户。不需要您收集盖章。
home-recognise = 认定
home-recognise-text = 按公布的标准折算学分，写明依据和算法；您随时可以要求重新计算。
home-use = 使用
home-use-text = 看看学分在各个专业值多少，提出转换申请，在公示的期限内得到答复。
home-check = 核验证明
home-check-text = 输入学习成果证明或认定结论上的编号，查看它是否仍然有效。
home-check-number = 编号
home-check-submit = 核验
home-welcome = 您好，{ $name }
home-needs = 需要您处理
home-needs-nothing = 目前没有需要您处理的事。
home-needs-information = 补充申请材料：{ $subject }
home-needs-dispute = 您{ $day }的异议未被采纳，可以申诉
home-needs-until = 请在{ $day }前办理
home-needs-news = { $count } 条未读消息
home-open-plan = 看看能换多少、学什么
home-news-all = 全部消息
home-ready = 现在可以使用
credit-unit = 学分
home-account = 账户 { $number }
home-open-passbook = 打开存折
home-open-records = 查看学习成果
home-expiring = 即将到期
home-expiring-none = 未来 90 天内没有到期的学分。
home-expiring-credit = { $credit } 学分
home-expiring-until = 可用至{ $day }
home-expiring-left = { $days ->
    [0] 今天是最后一天
   *[other] 还有 { $days } 天
}
home-news = 最新消息
home-news-unread = { $count } 条未读
home-news-none = 还没有消息。存入成果、认定、更正或有人查看您的记录时，会在这里告诉您。
home-member-text = 机构的工作在“工作台”办理，学分银行的工作在“管理台”办理，见上方菜单。接口也能办理同样的事项。
home-member-claim = 领取我自己的学分账户
home-lacks-second-factor = 您可以查看或处理他人的记录，请先启用两步验证。
