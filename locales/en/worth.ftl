# What is it worth, for anybody; and how programmes stand.
worth-lead = Choose outcomes that you have or want to earn, and see how much credit the bank recognises, how much each programme would accept, and why. You need not sign in, and nothing is kept.
worth-to-plan = You are signed in: see what your own record is worth
worth-lost = { $count ->
    [one] One outcome is no longer in the catalogue and was left out.
   *[other] { $count } outcomes are no longer in the catalogue and were left out.
}
worth-wrong = Something could not be read. Correct it and ask again.
worth-wrong-day = Enter a date such as 2026-06-30
worth-wrong-number = Enter a number with at most two decimals, such as 56 or 86.5
worth-wrong-grade = A grade has at most 40 characters
worth-wrong-place = Enter a whole number such as 1
worth-wrong-of = { $outcome }, { $field }
worth-wrong-in = { $field }: { $says }.
worth-have = 1. What you have learnt
worth-search = Find a certificate, diploma, training, course or contest
worth-search-hint = Enter a part of its name. Most names are in Chinese, such as 电工 (electrician).
worth-find = Find
worth-found-none = Nothing was found. Try another word, or only two or three characters of the name.
worth-open-catalogue = Look through the catalogue
worth-found = { $count ->
    [one] One was found
   *[other] { $count } were found
}
worth-found-more = There are more than are shown: enter more of the name.
worth-hours-of = { $hours } hours
worth-awarded-by-count = { $count ->
    [one] awarded by one institution
   *[other] awarded by { $count } institutions
}
worth-add = Add
worth-have-none = Nothing has been added yet. Find outcomes and add them one by one; the answer is worked out each time.
worth-full = { $count } outcomes are the most that are worked out at once.
worth-bank-credit-of = The bank recognises { $credit } credits
worth-over = By the recognition rules its time of use is over
worth-awarded-by = Awarded by
worth-more = Add date and grade
worth-more-hint = Needed only where rules ask for them. Without a date it counts as awarded today; without hours it has the standard hours.
worth-awarded-on = Awarded on
worth-hours = Hours
worth-grade = Grade (such as 良好)
worth-score = Score
worth-place = Place or class of prize
worth-why-credit = Why this credit
worth-remove = Remove
worth-where = 2. Where to use it
worth-within = Find programmes by name
worth-within-find = Find programmes
worth-programmes = Programmes
worth-programmes-hint = Choose none to compare all of them.
worth-programmes-more = There are more programmes than are shown: find them by name.
worth-programmes-none = There is no such programme.
worth-enrolled-on = Day of enrolment (optional)
worth-enrolled-on-hint = Some rules ask whether an outcome came before or after the enrolment.
worth-show = See what it is worth
worth-again = Clear everything
worth-result = Result
worth-result-lead = By the standards and rules in force on { $day }.
worth-result-none = None of these outcomes can be used in a programme at present.
worth-recognised-table = The outcomes and the credit that the bank recognises for them
worth-outcome = Outcome
worth-bank-credit = Bank credit
worth-course-credit = course credits can be converted
worth-judged-by = by “{ $title }”, version { $version }
worth-no-rules = no conversion rules published yet
worth-required = { $required } credits to graduate
worth-earlier = { $earlier } credits converted earlier
worth-still-missing = { $missing } credits missing
worth-filled = { $recognised } credits can be converted now, { $missing } are missing
worth-not-proved = This is the best that was found within the work allowed; there may be a better use.
worth-reasons = Outcome by outcome
worth-used = { $used } credits used
worth-unused = not used
worth-filled-and-missing = What is filled, what is missing
worth-buckets = Buckets of { $programme }; the table below has the same figures
worth-at = { $programme } at { $institution }
worth-buckets-table = What each bucket of { $programme } asks, has and lacks
worth-has-of = has { $has }, asks for { $minimum } credits
worth-bucket = Bucket
worth-minimum = Minimum (credits)
worth-has = Has (credits)
worth-missing = Missing (credits)
worth-missing-courses = Required courses missing
worth-only-this = See the reasons and what is missing
worth-more-programmes = There are many programmes, and only some were compared. Choose those that matter to you above.
worth-link = Address of this answer
worth-link-hint = Keep it or send it to somebody; opened again, it is worked out by the rules of that day. You can also print this page.
worth-no-promise = This tells you what to expect. The institution decides when you claim.
worth-sign-in = Sign in and use my own record
