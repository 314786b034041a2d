# Claims to decide: for the desk of an institution and for the bank's office.
deciding-title = Claims for recognition and conversion
deciding-waiting = Claims that wait
deciding-count-waiting = { $count ->
    [one] one waits
   *[other] { $count } wait
}
deciding-count-overdue = { $count ->
    [one] one overdue
   *[other] { $count } overdue
}
deciding-nothing-waits = Nothing waits to be done.
deciding-whose = Who decides
deciding-whose-bank = The credit bank
deciding-whose-all = Every institution
deciding-any = Any
deciding-order = Order
deciding-order-due = What is due first
deciding-order-newest = From the newest
deciding-order-oldest = From the oldest
deciding-only-overdue = Only what is overdue
deciding-none = No claim waits. A claim stands here once a learner submits it; choose “From the newest” to see those that are closed.
deciding-none-chosen = No claim matches. Widen the search, or choose “From the newest” to see those that are closed.
deciding-none-more = No more claims.
deciding-the-bank = The credit bank
deciding-submitted = submitted { $moment }
deciding-credit = { $credit } credits
deciding-until = until { $day }
deciding-overdue = { $days ->
    [one] one working day overdue
   *[other] { $days } working days overdue
}
deciding-left = { $days ->
    [one] one working day left
   *[other] { $days } working days left
}
deciding-column-claim = Claim
deciding-column-kind = Kind
deciding-column-about = About
deciding-column-learner = Claimant
deciding-column-account = Account
deciding-column-decider = Who decides
deciding-column-status = Status
deciding-column-submitted = Submitted
deciding-column-due = To be done
deciding-column-due-on = Last day
deciding-column-overdue = Working days overdue
deciding-column-recognised = Credit
deciding-column-number = Number of the decision
deciding-kind-recognition = Recognition
deciding-kind-conversion = Conversion
deciding-status-submitted = submitted
deciding-status-in-review = in review
deciding-status-information-asked = waiting for the claimant's information
deciding-status-proposed = proposed, waiting for approval
deciding-status-on-notice = on public notice
deciding-status-granted = granted
deciding-status-refused = refused
deciding-status-appealed = under appeal
deciding-status-closed = closed
deciding-status-withdrawn = withdrawn by the claimant
deciding-status-lapsed = lapsed
deciding-status-voided = voided by a correction
deciding-verdict-grant = to be granted
deciding-verdict-refuse = to be refused
deciding-due-take = Begin the review
deciding-due-give-information = Give information
deciding-due-propose = Propose a verdict
deciding-due-approve = Approve or send back
deciding-due-notice-ends = End of the notice
deciding-due-answer-objection = Answer an objection
deciding-due-appeal-ends = End of the time for an appeal
deciding-due-decide-appeal = Decide the appeal
deciding-waits-for-learner = It waits for the claimant.
deciding-waits-for-institution = It waits for those who decide.
deciding-waits-for-calendar = It takes effect by itself when the time is over, once every objection is answered.
deciding-since = It has stood so since { $day }; working days are counted, and the first day does not count.
deciding-provisional = The holidays of that year are not published yet, so the day may move.
deciding-to-steps = What you can do
deciding-back = Back to the claims
deciding-claimant = Claimant
deciding-account = Account { $number }
deciding-asked-recognition = Credit recognised
deciding-asked-conversion = Course credit claimed
deciding-rules = Rules
deciding-rules-version = { $title }, version { $version }
deciding-panel = Panel
deciding-panel-size = { $size ->
    [one] One person votes; a proposal needs that vote.
   *[other] { $size } people vote; a proposal needs more than half.
}
deciding-panel-votes = So far { $grant } to grant and { $refuse } to refuse.
deciding-statement = What the claimant says
deciding-awards = What is claimed
deciding-awards-text = The answer that the learner kept; it does not change after the claim. The clause is named under each line.
deciding-class-only = classes waived, examination to be taken
deciding-recorded = recorded as { $grade }
deciding-free-credit = Free credit of { $bucket }
deciding-declared = What the claimant declares
deciding-declared-text = The claimant declares this outcome; no institution has confirmed it. To grant it says that your institution awarded it, and it gets credit by the published standard.
deciding-achievement = Achievement
deciding-outcomes = Outcomes that it uses
deciding-verified = Verification
deciding-verified-by = deposited by { $institution } on { $moment }
deciding-bank-credit = Bank credit
deciding-bank-credit-none = not recognised yet
deciding-uses = this claim uses { $credit } credits
deciding-why = What the rules say
deciding-unused = { $count ->
    [one] One outcome that is not used, and why
   *[other] { $count } outcomes that are not used, and why
}
deciding-files = Evidence
deciding-files-none = The claimant gave no files. You can ask for more information.
deciding-files-text = The claimant's access log shows who downloaded a file.
deciding-objections = Objections during the notice
deciding-objection = Objection of { $day }
deciding-objection-open = Not answered yet.
deciding-objection-decide = Answer
deciding-objection-dismiss = It is not right: the notice goes on
deciding-objection-uphold = It is right: the claim goes back into review
deciding-objection-hint = Say what was examined and why; whoever objected reads it. 1 to 2,000 characters.
deciding-objection-submit = Answer the objection
deciding-objection-answer-upheld = The objection is right:
deciding-objection-answer-dismissed = The objection is not right:
deciding-steps = What you can do
deciding-steps-none = There is nothing here for you to do now.
deciding-do-take = Begin the review
deciding-do-ask-information = Ask for information
deciding-do-vote = Vote
deciding-do-propose = Propose a verdict
deciding-do-approve = Approve the proposal
deciding-do-send-back = Send back into review
deciding-do-decide-appeal = Decide the appeal
deciding-do-recuse = Step back
deciding-about-take = The review of this claim begins.
deciding-about-ask-information = The claim waits for the claimant, who is told; it goes on when the information comes, or when the time for it is over.
deciding-about-vote = Each person has one vote in each round. The reason is kept; the claimant is not told who voted how.
deciding-about-propose = Somebody else has to approve it. The reason and the clauses go into the letter of the decision.
deciding-about-approve = Nobody approves an own proposal. A grant is on public notice first, unless the rules give none; a refusal stands at once, and the claimant may appeal.
deciding-about-send-back = The claim is in review again, and votes begin anew.
deciding-about-decide-appeal = Somebody who had no hand in the verdict decides; then the claim is closed.
deciding-about-recuse = Whoever has an interest in the claim steps back. You will have no further part in it, and your vote no longer counts.
deciding-choice = Verdict
deciding-choice-grant = Grant
deciding-choice-refuse = Refuse
deciding-choice-uphold = The verdict stands
deciding-choice-overturn = The other verdict takes its place
deciding-choice-upheld = it is right
deciding-choice-dismissed = it is not right
deciding-credit-label = Bank credit that it brings
deciding-credit-hint = Where it is granted, such as 2.50; leave it empty for a refusal.
deciding-clauses = Clauses on which it stands
deciding-reason = Reason
deciding-reason-ask-information = What is needed
deciding-reason-vote = Reason of the vote
deciding-reason-propose = Reason (goes into the letter)
deciding-reason-send-back = Why it is sent back
deciding-reason-decide-appeal = Reason (goes into the letter)
deciding-reason-recuse = Why you step back
deciding-reason-hint = 1 to 2,000 characters.
deciding-done-take = The review has begun.
deciding-done-ask-information = The claimant was asked for information.
deciding-done-vote = Your vote is recorded.
deciding-done-propose = The verdict is proposed; somebody else has to approve it.
deciding-done-approve = The proposal is approved.
deciding-done-send-back = The claim is in review again.
deciding-done-decide-appeal = The appeal is decided, and the claim is closed.
deciding-done-recuse = You stepped back from this claim.
deciding-done-answered = The objection is answered.
deciding-history = What happened
deciding-event-submit = Submitted
deciding-event-take = Review begun
deciding-event-ask-information = Information asked for
deciding-event-give-information = Information given
deciding-event-propose = Verdict proposed
deciding-event-vote = Vote
deciding-event-recuse = Stepped back
deciding-event-approve = Proposal approved
deciding-event-send-back = Sent back
deciding-event-notice-ends = Notice over
deciding-event-object = Objection
deciding-event-answer-objection = Objection answered
deciding-event-appeal = Appeal
deciding-event-decide-appeal = Appeal decided
deciding-event-withdraw-appeal = Appeal taken back
deciding-event-withdraw = Withdrawn
deciding-event-lapse = Lapsed
deciding-event-close = Closed
deciding-event-void = Voided by a correction
