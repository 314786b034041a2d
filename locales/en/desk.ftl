# The desk of an institution.
desk-none = You are not a member of any institution.
desk-none-advice = Ask the administrator of your institution to add you as a member, then come back here.
desk-choose = You are a member of these institutions. Choose the one whose work you want to do.
desk-status-pending = waits for approval
desk-status-approved = approved
desk-status-suspended = suspended
desk-status-refused = not approved
desk-lead-pending = The institution is not approved yet
desk-lead-approved = The institution is approved
desk-lead-suspended = The institution is suspended
desk-lead-refused = The institution was not approved
desk-reason = What the authority said: { $reason }
desk-text-pending = Until it is approved you can add members, but not deposit outcomes, register learners or take claims. Still missing:
desk-text-approved = Everything can be used.
desk-text-suspended = While it is suspended you can read its records, but not deposit, correct or decide. To be reinstated it needs:
desk-text-refused = Nothing can be deposited, corrected or decided. What you can do:
desk-missing-pending = The approval of the authority. Members are told of it; nothing needs to be sent again.
desk-missing-approved = Nothing
desk-missing-suspended = What the authority said to be put right, and its reinstatement.
desk-missing-refused = Put right what the authority said, then get in touch with it.
desk-missing-code = The check character of the unified social credit code { $code } does not match. Compare it with the certificate of registration, and tell the authority if it is wrong.
desk-missing-catalogue-later = After the approval: publish what can be earned at your institution. Outcomes can be deposited after that.
desk-missing-catalogue = No achievement is published yet
desk-missing-catalogue-text = Every outcome that you deposit belongs to a published achievement, such as a certificate or a course. Draft and publish one first.
desk-to-catalogue = To achievements and programmes
desk-waits = What waits
desk-nothing-waits = Nothing waits at present.
desk-count = { $count ->
    [one] one
   *[other] { $count }
}
desk-count-more = more than { $count }
desk-overdue = { $count ->
    [one] one of them overdue
   *[other] { $count } of them overdue
}
desk-queue-take = Claims to take up
desk-queue-information = Claims that wait for the claimant
desk-queue-propose = Claims to propose a decision on
desk-queue-approve = Proposed decisions to approve
desk-queue-notice = Decisions on public notice
desk-queue-objection = Objections to answer
desk-queue-appeal-time = Decisions that can still be appealed
desk-queue-appeal = Appeals to decide
desk-queue-confirm = Requests to confirm portfolio entries
desk-queue-answer = Disputes to answer
desk-queue-correct = Outcomes that you agreed to correct
desk-queue-complaint = Complaints that the bank is deciding
desk-queue-case = Conversions to decide again
desk-queue-previewed = Corrections that wait to be applied
desk-queue-release = Files that wait for release
desk-queue-checked = Files that were checked and wait to be committed
desk-queue-flagged = Outcomes that the bank looks at
desk-queue-webhooks = Webhooks that do not get through
desk-begin = Begin
desk-deposit = Deposit an outcome
desk-upload = Upload a file
desk-learner = Register or find a learner
desk-correct = Start a correction
desk-about = Your institution
desk-name = Name
desk-code = Unified social credit code
desk-standing = Standing
desk-roles = Your roles
