# The frame of every page: menu, language, foot, and the page of an error.
skip-to-content = Skip to the content
menu = Main menu
other-language = 中文
other-language-tag = zh-CN
sign-out = Sign out
nav-home = Home
nav-passbook = Passbook
nav-records = Records
nav-plan = Worth and planner
nav-claims = Claims
nav-portfolio = Portfolio
nav-me = Mine
nav-desk = Desk
nav-office = Office
nav-worth = What is it worth
nav-catalogue = Catalogue
nav-institutions = Institutions
nav-notices = Public notices
nav-verify = Verify
nav-security = Security
nav-sign-in = Sign in
nav-claim-account = Claim your account
footer = Online service of { $bank }.
footer-problems = Problem codes
footer-api = API documentation
refused = This was not done
refused-fields = Please mend what is listed below; the rest is kept.
refused-in-list = Number { $number }: { $detail }
next-page = Next page
first-page = Back to the first page
newest-first = Newest first
oldest-first = Oldest first
day = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
moment = { $day }, { $time }
problem-advice = If you think that this page should not be here, tell us the number below. Nothing in your record has changed by it.
problem-home = To the home page
problem-code = Code
problem-number = Number of the request
