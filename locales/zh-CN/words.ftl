# 成组的用语。
list-separator = { "、" }
item-outcome = 学习成果
item-credit = 学分
item-conversion = 学分转换
item-education = 教育经历
item-work = 工作经历
item-project = 项目
item-volunteering = 志愿服务
item-award = 奖励
item-reflection = 学习反思
item-goal = 目标
paper-statement = 学习成果与学分证明
paper-statement-of-outcomes = 学习成果证明（部分成果）
paper-outcome-certificate = 学习成果证书
paper-decision-certificate = 结论证明
paper-decision = 认定或转换结论
