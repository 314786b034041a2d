# Words in sets.
list-separator = { ", " }
item-outcome = Outcome
item-credit = Credit
item-conversion = Conversion of credit
item-education = Education
item-work = Work
item-project = Project
item-volunteering = Volunteering
item-award = Award
item-reflection = Reflection
item-goal = Goal
paper-statement = Statement of learning outcomes and credit
paper-statement-of-outcomes = Statement of chosen learning outcomes
paper-outcome-certificate = Certificate of a learning outcome
paper-decision-certificate = Certificate of a decision
paper-decision = Decision on a claim
