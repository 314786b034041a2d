# Rule packs: writing, testing, comparing, filing and deciding them.
packs-title = Rule packs
packs-title-bank = The bank's own standards
packs-lead = Rules say which learning outcomes become course credit in your institution's programmes. Once a draft is ready it is filed with the authority; after its public notice it comes into force on its first day.
packs-lead-bank = The bank's own standards stand above the rules of institutions. Administrators write them, and officers decide them.
packs-new = New rule pack
packs-q = Title, code, legal basis or citation
packs-status = Status
packs-order = Order
packs-order-oldest = Longest wait first
packs-order-newest = From the newest
packs-status-any = All
packs-status-draft = Draft
packs-status-filed = Filed, being decided
packs-status-returned = Given back to be mended
packs-status-on-notice = Accepted, not in force yet
packs-status-in-force = In force
packs-status-superseded = No longer in force
packs-status-withdrawn = Withdrawn
packs-none = There is no rule pack yet.
packs-none-yours = There is no rule pack yet. Choose “New rule pack” to begin from the rules of a real school, or with nothing.
packs-none-found = Nothing matches.
packs-all = Show all
packs-version = Version { $version }
packs-edition = Edition { $edition }
packs-from = from { $day }
packs-until = until { $day }
packs-back = Back to the rule packs
packs-back-filings = Back to the filings
packs-tabs = Pages of this rule pack
packs-tab-text = Text
packs-tab-edit = Edit
packs-tab-cases = Test cases
packs-tab-compare = Compare versions
packs-tab-simulations = Simulations
packs-new-lead = Choose what to begin from, and give it a code. You can change all else at any time, and until it is accepted only your institution and the people of the bank can see it.
packs-new-from = Begin from
packs-new-empty = Nothing
packs-new-empty-hint = a title and a date; you write the clauses
packs-template-counted = { $clauses ->
    [one] one clause
   *[other] { $clauses } clauses
}, { $cases ->
    [one] one test case
   *[other] { $cases } test cases
}
packs-new-title-hint = May stay empty when you begin from other rules: theirs is kept, and you can change it later.
packs-begin = Begin
packs-field-document = Head of the pack
packs-field-code = Code
packs-hint-code = 1 to 40 of a-z, 0-9 and hyphen, unique in the bank, and never changed. A code that you have already drafts the next version of that pack.
packs-code-stays = The code { $code } stays as it is.
packs-field-title-zh = Title in Chinese
packs-field-title-en = Title in English
packs-hint-title-en = Optional.
packs-field-legal-basis = Legal basis
packs-hint-legal-basis = Laws, documents or decisions, one on each line.
packs-field-effective-from = First day in force
packs-field-effective-to = Last day in force
packs-hint-effective-to = Optional; without one it is in force until the next version is.
packs-field-selected-by = Which date chooses the version that judges an outcome
packs-selected-by-award-date = The date of the award
packs-selected-by-decision-date = The date of the decision
packs-not-said = Not said yet
packs-field-programmes = Codes of the programmes that it is for
packs-hint-programmes = One on each line; without any it is for all programmes of the institution.
packs-field-under = Codes of the packs that it stands under
packs-hint-under = One on each line. It always stands under the bank's standards, which need no mention.
packs-parts = Other parts
packs-field-definitions = Definitions
packs-hint-definitions = Families of certificates, grading scales, terms, near names and overlaps of content (JSON). Clauses can refer to them.
packs-field-admission = Weighting in admission
packs-hint-admission = How outcomes count when learners are admitted (JSON); empty if they do not.
packs-field-claims = How claims are decided
packs-hint-claims = The size of the panel and the time limits where they are not the usual ones (JSON); else empty.
packs-list-clauses = Clauses
packs-list-limits = Limits
packs-list-highest-only = Only the highest
packs-list-once-only = Only once
packs-list-exclusions = Exclusions
packs-list-cases = Test cases
packs-list-hint-clauses = Which outcomes, to which courses, for how much credit.
packs-list-hint-limits = The most for a course, for an outcome or for the whole programme.
packs-list-hint-highest-only = Of a family or an event only the highest is used.
packs-list-hint-once-only = The same thing is used once.
packs-list-hint-exclusions = Which outcomes or courses are never converted.
packs-list-hint-cases = Outcomes, a programme, and the credit that must come of them. When the rules change, the cases tell you whether the answers are still right.
packs-rule-clauses = Clause
packs-rule-limits = Limit
packs-rule-highest-only = Only the highest
packs-rule-once-only = Only once
packs-rule-exclusions = Exclusion
packs-rule-cases = Case
packs-numbered = { $list } { $number }
packs-add-clauses = Add a clause
packs-add-limits = Add a limit
packs-add-highest-only = Add an “only the highest”
packs-add-once-only = Add an “only once”
packs-add-exclusions = Add an exclusion
packs-add-cases = Add a case
packs-up = Move up
packs-down = Move down
packs-remove = Remove
packs-to-mend = To be mended
packs-spot = line { $line }, column { $column }
packs-in-words = In words
packs-says = What it says
packs-edit-lead = Each rule is a JSON text; with it stand what it says and what has to be mended.
packs-schema = The format (JSON Schema)
packs-check = Check without saving
packs-save = Save the draft
packs-save-over = Save mine over it
packs-save-hint = A draft can be saved while there is something to mend; it can be filed when there is nothing.
packs-valid = There is nothing to mend.
packs-problems = { $count ->
    [one] One thing has to be mended; it is said beside it:
   *[other] { $count } things have to be mended; they are said beside each:
}
packs-unreadable = Nothing was saved: some texts cannot be read, and it is said beside them why. What you typed is all below.
packs-stale = While you were writing, somebody else saved edition { $edition }. What you typed is all below and is not saved. Look at what they changed before you save yours over it.
packs-stale-look = See what is saved now (in a new window)
packs-done-begun = The draft is there. Mend its clauses and dates, then check, test and file it.
packs-done-saved = The draft was saved.
packs-done-filed = It was filed; the authority decides it now.
packs-done-withdrawn = It was withdrawn.
packs-done-accepted = It was accepted and is on public notice.
packs-done-returned = It was given back to be mended.
packs-in-force = In force
packs-created = Begun
packs-filed-at = Filed
packs-days-filed = { $days ->
    [0] filed today, waiting for a decision
    [one] waiting for one day
   *[other] waiting for { $days } days
}
packs-decided-at = Decided
packs-notice-until = Public notice until
packs-days-left = { $days ->
    [0] today is the last day
    [one] one day left
   *[other] { $days } days left
}
packs-too-soon = This is before { $day }, the first day that is possible now; change it before it is filed.
packs-first-day = If it were accepted today, it could be in force from { $day } on, when its public notice is over.
packs-public = See it in the public catalogue
packs-versions = Versions
packs-go-on = Draft the next version
packs-go-on-hint = It begins with this version's text; the dates of test cases move by whole years with the first day.
packs-file = File it
packs-file-valid = There is nothing to mend.
packs-file-to-mend = { $count ->
    [one] One thing has to be mended.
   *[other] { $count } things have to be mended.
}
packs-file-mend = Mend it
packs-file-cases = { $count ->
    [one] It has one test case, which is run when it is filed and must pass.
   *[other] It has { $count } test cases, which are run when it is filed and must all pass.
}
packs-file-no-cases = It has no test cases, and needs at least one.
packs-file-see-cases = See the test cases
packs-file-submit = File it with the authority
packs-file-hint = It cannot be changed then, unless the authority gives it back.
packs-withdraw = Withdraw
packs-withdraw-lead = A version that is withdrawn never comes into force, and cannot be brought back. You can draft the next one instead.
packs-withdraw-sure = I am sure that this version is to be withdrawn
packs-withdraw-unsure = Tick that you are sure before you withdraw it.
packs-withdraw-submit = Withdraw this version
packs-decide = Decide
packs-decide-lead = Read the text, the test cases, the comparison and the simulations first. When it is accepted it is on public notice at once, and can be in force from { $day } on.
packs-decision = Decision
packs-decision-accept = Accept it, and give public notice
packs-decision-return = Give it back to be mended
packs-decision-reason = Reason
packs-decision-reason-hint = 1 to 500 characters. Its authors can read it, and once it is accepted everybody can.
packs-decide-submit = Decide
packs-filings = Filings
packs-filings-lead = Rule packs that institutions have filed; what waits longest is first.
packs-filings-none = No filing waits for a decision.
packs-filings-waiting = Show those that wait
packs-cases-lead = Each case gives the outcomes of a learner and the credit that must come of them. All must pass before the pack is filed.
packs-cases-none = There are no cases yet. At least one is needed to file the pack.
packs-cases-run = Run all cases
packs-cases-edit = Edit the cases
packs-cases-edit-lead = Each case is a JSON text; results that it does not name are not compared.
packs-cases-save = Save and run
packs-cases-saved = The cases were saved.
packs-cases-passed = { $passed } of { $cases ->
    [one] one case passes.
   *[other] { $cases } cases pass.
}
packs-case-met = Passes
packs-case-not-met = Does not pass
packs-case-not-run = Not run yet
packs-case-about = { $programme } · decided on { $day }
packs-case-details = Outcomes and expected results
packs-case-key = Key
packs-case-outcome = Outcome
packs-case-credit = Bank credit
packs-case-used = To be used
packs-case-reasons = Reasons to be given
packs-case-rank = rank { $rank }
packs-case-expected = Expected: { $credit } course credits recognised
packs-compare-none = This pack has one version only, so that there is nothing to compare it with.
packs-compare-with = Compare with
packs-compare-show = Compare
packs-compare-choose = Choose the version to compare with.
packs-compare-same = Both versions say exactly the same.
packs-compare-lead = What changed from version { $before } to version { $after }.
packs-compare-words = In words
packs-compare-no-words = No sentence changed.
packs-compare-fields = Field by field
packs-compare-before = Before
packs-compare-after = After
packs-part-citation = Source
packs-change-added = Added
packs-change-removed = Removed
packs-change-changed = Changed
packs-reason-no-pack-in-force = No rules are in force
packs-reason-no-clause-matches = No clause is for it
packs-reason-excluded = Excluded
packs-reason-value-unknown = Its value cannot be told
packs-reason-rounds-to-nothing = It rounds to nothing
packs-reason-no-target = No course may be covered by it
packs-reason-targets-too-large = The courses have more credit than it
packs-reason-limit-reached = A limit is reached
packs-reason-not-the-highest = It is not the highest
packs-reason-repeated = It is a repetition
packs-reason-targets-taken = Its courses are covered by others
packs-reason-remainder-forfeited = What is left over is lost
packs-reason-remainder-kept = What is left over is kept
packs-reason-already-converted = It was converted before
packs-reason-covered-earlier = Its courses were covered before
packs-reason-left-out = The learner left it out
packs-reason-pinned-elsewhere = The learner chose another use
