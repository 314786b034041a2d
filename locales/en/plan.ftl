# Worth and planner: what one's record is worth, what to learn next, and the answers that were kept.
plan-lead = The best lawful use of your record in each programme, by the rules that its institution published: how much is missing to graduate, and what is best learnt next.
plan-no-outcomes = You have no outcomes that can be converted yet.
plan-to-worth = Try it with outcomes that you want to earn
plan-programmes = What your record is worth in each programme
plan-programmes-none = No programme takes converted credit at present.
plan-order = Order
plan-order-most = Most credit first
plan-order-nearest = Nearest to graduation first
plan-open = See its use and the reasons
plan-next = What to learn next
plan-legend-now = can be converted now
plan-legend-earlier = converted earlier
plan-more-programmes = There are many programmes; only some of them are shown.
plan-kept = Kept answers
plan-kept-none = No answers are kept yet. Open a programme and keep its answer: a claim begins from one.
plan-kept-all = All kept answers
plan-kept-lead = Each was kept with the record, the choices and the rules of its day, and can be worked out again at any time.
plan-kept-back = Back to the kept answers
plan-credits = { $credit } course credits
plan-pathways = Pathways
plan-pathways-none = No pathways are published at present.
plan-pathways-lead = What the step from one stage to the next asks for, and what of it you have.
plan-years = { $years ->
    [one] one year
   *[other] { $years } years
}
plan-step = The step to the next stage asks for:
plan-step-credit = { $credit } credits earned in this stage, as its institution says
plan-step-carried = At most { $credit } credits count in the next stage
plan-met = you have it
plan-not-met = you do not have it yet
plan-back = Back to worth and planner
plan-next-back = Back to the programme
plan-now = With your record as it is
plan-cost = Your choices bring { $cost } credits less than the best use.
plan-cost-none = Your choices cost no credit.
plan-keep = Keep this answer
plan-keep-hint = A claim begins from a kept answer. Keeping one holds and uses no credit.
plan-awards = Where the credit goes
plan-award-to = Goes to
plan-award-amount = Credits
plan-award-grade = Recorded as
plan-award-passed = passed
plan-award-citation = By
plan-others-open = See other uses of the same value
plan-others = Other uses of the same value
plan-others-none = There is no other use of the same value.
plan-others-lead = Each of these brings as much credit; you can keep one of them instead.
plan-other = Use { $number }
plan-other-award = { $outcome } → { $to }
plan-other-amount = : { $amount } credits
plan-other-keep = Keep use { $number }
plan-outcomes = Outcome by outcome
plan-outcomes-lead = How much of each is used, and why. You can say that one must be used, and for which course, or must not be, and have it worked out again.
plan-wish = Use of it
plan-wish-free = as is best
plan-wish-use = must be used
plan-wish-leave = must not be used
plan-wish-course = For the course (code)
plan-wish-course-hint = A course counts only for what must be used; without one, any course will do.
plan-again = Work it out again
plan-without-wishes = Drop all choices
plan-way = The shortest way
plan-way-none = Nothing in the catalogue would bring more credit to this programme.
plan-way-lead = { $count ->
    [one] One more outcome, of { $hours } hours, brings as much as can be converted.
   *[other] { $count } more outcomes, of { $hours } hours in all, bring as much as can be converted.
}
plan-way-brings = Then { $recognised } credits can be converted, and { $missing } are left to earn at the institution.
plan-at = for example at { $institution }
plan-additions = What one more outcome would add
plan-additions-none = No single outcome of the catalogue would add credit.
plan-additions-lead = How much more could be converted with this one beside what you have, the best for its hours first.
plan-addition-gain = More credit
plan-addition-per-hours = Per 100 hours
plan-addition-bucket = Bucket
plan-addition-others = { $count ->
    [one] and one other
   *[other] and { $count } others
}
plan-additions-more = The catalogue is large; only some of it is shown.
plan-then = With the record and the rules of { $day }
plan-kept-at = kept on { $moment }
plan-kept-done = The answer was kept.
plan-kept-nothing = Nothing can be converted by this answer, so no claim can begin from it.
plan-claim = Claim this conversion
plan-claim-hint = Once claimed, the credit is held until the institution has decided.
plan-wished = What you chose
plan-wished-use = { $outcome }: must be used
plan-wished-course = { $outcome }: must go to the course { $course }
plan-wished-leave = { $outcome }: must not be used
plan-wished-enrolled = Day of enrolment: { $day }
plan-replay-title = Check
plan-replay = Work it out again
plan-replay-hint = From the record and the rules as they were then, compared with what is kept, byte for byte.
plan-replay-equal = Worked out again it is exactly what is kept: { $credit } credits.
plan-replay-different = { $kept } credits are kept, and worked out again it is { $recomputed }. Please tell us.
plan-today = See it with today's record and rules
