# Simulations of drafts of rule packs.
simulations-lead = Tries this draft on the outcomes of all learners of the bank and compares it with the rules in force: who would get more, who less. The report tells nothing of fewer than five learners.
simulations-no-programmes = There is no programme that it is for. Publish one first, and come back.
simulations-programme = Programme
simulations-start = Start the simulation
simulations-runs = Simulations so far
simulations-none = Nothing was simulated yet.
simulations-back = Back to the simulations
simulations-status-queued = Waiting
simulations-status-running = Running
simulations-status-done = Done
simulations-status-failed = Broken off too often to come to its end
simulations-status-cancelled = Cancelled
simulations-state = Status
simulations-edition = The draft that was tried
simulations-other-edition = The draft is edition { $edition } by now, and may come out otherwise.
simulations-asked = Asked for
simulations-finished = Ended
simulations-going-on = Progress
simulations-progress = { $done } of { $all } learners
simulations-left = { $seconds ->
    [one] about one second left
   *[other] about { $seconds } seconds left
}
simulations-again = Look again how far it is
simulations-cancel = Cancel the simulation
simulations-all = The change in all
simulations-decided-on = Both rules decide as of { $day }.
simulations-learners-picture = Learners who would get more, and less; the table below has the same figures
simulations-moved = { $count ->
    [one] one learner
   *[other] { $count } learners
}, { $credit } course credits in all
simulations-figure = Figure
simulations-learners = Learners
simulations-credit = Course credit
simulations-everybody = All learners of the bank
simulations-concerned = With an outcome that the rules are for
simulations-gained = Get more
simulations-lost = Get less
simulations-unchanged = Get the same
simulations-now = Rules in force
simulations-then = This draft
simulations-difference = Difference
simulations-not-proven = Not proven to be the best
simulations-unanswered = With too many outcomes to be worked out
simulations-withheld = Withheld
simulations-withheld-hint = “Withheld” stands for 1 to 4 learners, or for what would let one work out such a number.
simulations-kinds = By kind of outcome
simulations-kind = Kind of outcome
simulations-institutions = By the institution that awarded them
simulations-institution = Institution
simulations-nobody = There is nothing that can be told.
simulations-picture = Course credit by the rules in force and by this draft; the table below has the same figures
simulations-before-after = in force { $before }, draft { $after }
simulations-kinds-withheld = { $count ->
    [one] One more kind is withheld.
   *[other] { $count } more kinds are withheld.
}
simulations-institutions-withheld = { $count ->
    [one] One more institution is withheld.
   *[other] { $count } more institutions are withheld.
}
simulations-samples = What changes most
simulations-samples-lead = Each of these is shared by at least five learners; the greatest loss is first and the greatest gain last.
simulations-samples-none = There is none that can be told.
simulations-sample = From { $before } to { $after } course credits
simulations-sample-learners = { $count ->
    [one] one learner
   *[other] { $count } learners
}
