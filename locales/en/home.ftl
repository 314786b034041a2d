# The first page.
home-headline = What you have learnt counts
home-lead = Diplomas, skill certificates, hours of training and contest results are deposited once, recognised as credit by published rules, and used at any institution that accepts them. Every step has its reasons, can be checked, and can be corrected.
home-deposit = Deposit
home-deposit-text = The institutions that award certificates deposit them, and your identity document leads them to your account. There are no stamps for you to collect.
home-recognise = Recognition
home-recognise-text = Published rules make credit of them and say how; you can have it worked out again at any time.
home-use = Use
home-use-text = See what your credit is worth in each programme, ask for it, and get an answer within the published time.
home-check = Check a paper
home-check-text = Enter the number on a statement of outcomes or a decision to see whether it still stands.
home-check-number = Number
home-check-submit = Check
home-welcome = Hello, { $name }
home-needs = What needs you
home-needs-nothing = Nothing needs you at present.
home-needs-information = Your claim needs more from you: { $subject }
home-needs-dispute = Your dispute of { $day } was refused; you can complain
home-needs-until = until { $day }
home-needs-news = { $count ->
    [one] One unread notification
   *[other] { $count } unread notifications
}
home-open-plan = What it is worth, what to learn next
home-news-all = All notifications
home-ready = Ready to use
credit-unit = credits
home-account = Account { $number }
home-open-passbook = Open the passbook
home-open-records = See your records
home-expiring = Expiring soon
home-expiring-none = Nothing expires within 90 days.
home-expiring-credit = { $credit } credits
home-expiring-until = usable until { $day }
home-expiring-left = { $days ->
    [0] today is the last day
    [one] one day left
   *[other] { $days } days left
}
home-news = News
home-news-unread = { $count } unread
home-news-none = Nothing yet. You are told here when something is deposited, recognised or corrected, and when somebody looks at your record.
home-member-text = An institution’s work is done at the desk, and the bank’s in the office: see the menu above. The API does the same.
home-member-claim = Claim a credit account of my own
home-lacks-second-factor = You can see or change the records of others: set up a second factor first.
