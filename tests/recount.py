#!/usr/bin/env python3
"""Recounts an intake's CSV files: outcomes and credit by institution, as `credit-bank demo` must report them.

    python3 tests/recount.py DIRECTORY

Shares nothing with the bank: plain files, Python's decimal arithmetic, and the demonstration's rules as published
(16 hours make a credit, at least 8 hours, rounded down to half credits; certificates have a fixed credit).
"""
import csv
import json
import sys
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path

HOURS_PER_CREDIT, LEAST_HOURS, STEP = Decimal(16), Decimal(8), Decimal("0.50")


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


def main(directory):
    directory = Path(directory)
    achievements = {a["code"]: a for a in json.loads((directory / "achievements.json").read_text("utf-8"))}
    total_outcomes, total_credit, learners, lines = 0, Decimal(0), set(), []
    for path in sorted(directory.glob("outcomes-*.csv")):
        credit, count = Decimal(0), 0
        for number, _, _, code, _, _, hours, _ in rows(path):
            fixed = achievements[code]["bank_credit"]
            credit += Decimal(fixed) if fixed else by_hours(Decimal(hours))
            count += 1
            learners.add(number)
        if count:
            lines.append(f"{path.stem.removeprefix('outcomes-')} {count} outcomes {credit:.2f} credits")
        total_outcomes += count
        total_credit += credit
    print("\n".join(lines))
    print(f"total {total_outcomes} outcomes {total_credit:.2f} credits")
    print(f"{len(learners)} learners", file=sys.stderr)


main(sys.argv[1])
