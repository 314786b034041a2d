#!/usr/bin/env python3
"""Recounts an intake's CSV files: outcomes and credit by institution, as `credit-bank demo` and `credit-bank import` must report them.

    python3 tests/recount.py DIRECTORY

Shares nothing with the bank: plain files, Python's decimal arithmetic, and the demonstration's rules as published
(16 hours make a credit, at least 8 hours, rounded down to half credits; certificates have a fixed credit). What looks like a
double waits for a person and is not counted: the files are taken in the order of institutions.json, their rows as they stand.
"""
import csv
import json
import sys
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path

HOURS_PER_CREDIT, LEAST_HOURS, STEP = Decimal(16), Decimal(8), Decimal("0.50")
COMMON_WORDS = ["技能", "提升", "培训", "培育", "专题", "教育", "课程", "职业"]


def by_hours(hours):
    if hours < LEAST_HOURS:
        return Decimal(0)
    steps = (hours / HOURS_PER_CREDIT / STEP).to_integral_value(rounding=ROUND_FLOOR)
    return steps * STEP


def rows(path):
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("gb18030")
    lines = csv.reader(text.splitlines())
    next(lines)
    return list(lines)


def telling(name):
    whole = "".join(letter for letter in name.lower() if letter.isalnum())
    short = whole
    for word in COMMON_WORDS:
        short = short.replace(word, "")
    return short or whole


def distance(one, other):
    """Letters to be changed, put in, left out or swapped (optimal string alignment)."""
    table = [[max(i, j) if not min(i, j) else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != other[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def alike(one, other):
    longest = max(len(one), len(other))
    return not longest or (longest - distance(one, other)) * 1000 // longest >= 750


def looks_like(new, known, achievements):
    """Whether a row looks like one that the learner has already."""
    one, other = achievements[new["code"]], achievements[known["code"]]
    if one["family"] and one["family"] == other["family"] and one["rank"] < other["rank"] and new["on"] >= known["on"]:
        return True
    elsewhere = new["at"] != known["at"]
    if new["certificate"] and known["certificate"]:
        return elsewhere and new["certificate"] == known["certificate"]
    if new["certificate"] or known["certificate"]:
        return False
    if new["code"] == known["code"] and not elsewhere:
        return new["on"] == known["on"]
    near = abs(new["on"] - known["on"]) <= timedelta(days=7)
    return near and new["hours"] == known["hours"] and alike(telling(one["name"]), telling(other["name"]))


def main(directory):
    directory = Path(directory)
    achievements = {a["code"]: a for a in json.loads((directory / "achievements.json").read_text("utf-8"))}
    order = [institution["code"] for institution in json.loads((directory / "institutions.json").read_text("utf-8"))]
    total_outcomes, total_credit, learners, lines, waiting, repeated = 0, Decimal(0), {}, [], 0, 0
    namesakes = set()
    for at in order:
        path = directory / f"outcomes-{at}.csv"
        credit, count, seen = Decimal(0), 0, set()
        for row in rows(path):
            number, name, _, code, on, certificate, hours, _ = row
            record = {"at": at, "code": code, "on": date.fromisoformat(on), "certificate": certificate, "hours": Decimal(hours)}
            is_new = number not in learners
            had = learners.setdefault(number, [])
            if tuple(row) in seen:
                repeated += 1
                continue
            seen.add(tuple(row))
            doubtful = any(looks_like(record, known, achievements) for known in had)
            if is_new:
                # Somebody new with the name and the date of birth of somebody known: perhaps one person with two numbers.
                person = (name, number[6:14])
                doubtful = doubtful or person in namesakes
                namesakes.add(person)
            had.append(record)
            if doubtful:
                waiting += 1
                continue
            fixed = achievements[code]["bank_credit"]
            credit += Decimal(fixed) if fixed else by_hours(record["hours"])
            count += 1
        if count:
            lines.append(f"{at} {count} outcomes {credit:.2f} credits")
        total_outcomes += count
        total_credit += credit
    print("\n".join(sorted(lines)))
    print(f"total {total_outcomes} outcomes {total_credit:.2f} credits")
    print(f"{len(learners)} learners, {waiting} wait for a person, {repeated} are there already", file=sys.stderr)


main(sys.argv[1])
