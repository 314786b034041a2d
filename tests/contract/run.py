#!/usr/bin/env python3
"""Runs schemathesis with all checks against the running program, as several people, and fails on any finding.

    python3 tests/contract/run.py PROGRAM SCHEMATHESIS [BACK_END_URL]

Two schools are configured as peers, so that reading each other's objects is tried. The seed is fixed: a finding can be
found again, and a change of the API changes what is tried.
"""
import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

# Not the one of the examples: the operation that changes it must not find it.
PASSWORD = "copper-harbour-quilt-58"
NUMBER = "11010519491231002X"
# Another seed tries other requests: CREDIT_BANK_TEST_SEED=7 tests/contract/run.py ...
SEED = int(os.environ.get("CREDIT_BANK_TEST_SEED", "20261124"))


def call(base, method, path, token=None, body=None):
    request = urllib.request.Request(base + path, method=method)
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    data = None
    if body is not None:
        request.add_header("Content-Type", "application/json")
        data = json.dumps(body).encode()
    with urllib.request.urlopen(request, data) as answer:
        return json.loads(answer.read() or b"null")


def user(name):
    return {"username": name, "display_name": name, "password": PASSWORD}


def log_in(base, name):
    return call(base, "POST", "/api/v1/sessions", None, {"username": name, "password": PASSWORD})["access_token"]


def school(base, officer, name, credit_code):
    new = {"name": name, "kind": "university", "credit_code": credit_code, "division_code": "410502", "member": user(name)}
    made = call(base, "POST", "/api/v1/institutions", None, new)
    call(base, "POST", f"/api/v1/institutions/{made['institution_id']}/approve", officer, {"reason": "ok"})
    return made["institution_id"], log_in(base, name)


def town(base, setup_token):
    """Makes people and schools with something to read; answers tokens by name."""
    call(base, "POST", "/api/v1/setup", None, {"setup_token": setup_token, "user": user("admin")})
    tokens = {"administrator": log_in(base, "admin")}
    for role in ("officer", "auditor"):
        call(base, "POST", "/api/v1/users", tokens["administrator"], {"user": user(role), "bank_role": role})
        tokens[role] = log_in(base, role)
    ids = {}
    for name, code in (("school-a", "914403003429409755"), ("school-b", "91310000607378133K")):
        ids[name], tokens[name] = school(base, tokens["officer"], name, code)
        achievement = {"institution_id": ids[name], "code": "occ-elec-4", "name_chinese": "电工", "kind": "occupational_certificate",
                       "family": "occ-elec", "rank": 2, "hours": "160", "valid_from": "2020-01-01"}
        draft = call(base, "POST", "/api/v1/achievements", tokens[name], achievement)
        call(base, "POST", f"/api/v1/achievements/{draft['achievement_id']}/publish", tokens[name], {})
    rule = {"title": "电工四级", "citation": "测试", "selector": {"family": "occ-elec", "rank": 2},
            "method": {"method": "fixed", "credit": "9.00"}, "selected_by": "award_date", "effective_from": "2020-01-01"}
    call(base, "POST", "/api/v1/recognition-rules", tokens["administrator"], rule)
    learner = {"document_kind": "resident_identity_card", "document_number": NUMBER, "name": "王芳"}
    registered = {"institution_id": ids["school-a"], "learner": learner, "user": user("learner")}
    call(base, "POST", "/api/v1/learners", tokens["school-a"], registered)
    outcome = {"institution_id": ids["school-a"], "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01", "learner": learner}
    call(base, "POST", "/api/v1/outcomes", tokens["school-a"], outcome)
    tokens["learner"] = log_in(base, "learner")
    call(base, "POST", "/api/v1/users", tokens["administrator"], {"user": user("leaver"), "bank_role": "auditor"})
    tokens["leaver"] = log_in(base, "leaver")
    return tokens, ids


CONFIG = """
seed = {seed}
# One: with more, Python 3.11 itself now and then fails inside the tool ("AST constructor recursion depth mismatch").
workers = 1
request-timeout = 30.0
headers = {{ Accept-Language = "en" }}

[generation]
max-examples = {examples}

[auth.wfc]
path = "{auth}"
user = "{user}"
{peers}

[parameters]
"path.institution_id" = "{institution_id}"
# So that a list holds something that is one school's and not the other's.
"query.institution_id" = "{institution_id}"

# A well-formed request that a rule of the bank refuses is answered 422, 409 or 429: it is accepted as data.
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422", "429"]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "406", "409", "412", "413", "415", "422", "429"]
# A required If-Match that is missing is a malformed request.
missing_required_header.expected-statuses = ["400", "401", "403", "404"]

# A batch is answered row by row: a row that is not of the documented shape is refused by itself inside a 200.
[[operations]]
include-operation-id = "deposit_batch"
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "405", "413", "415", "422"]
"""

# Who is tried on what: the peers on everything that does not end their log-ins, the others on what is theirs.
RUNS = [
    ("school-a", ["--exclude-operation-id", "log_out"], 12),
    ("administrator", ["--include-tag", "rules", "--include-tag", "rule-packs", "--include-tag", "programmes", "--include-tag", "agreements", "--include-tag", "pathways", "--include-tag", "people", "--include-tag", "audit", "--include-tag", "institutions"], 8),
    ("officer", ["--include-tag", "rule-packs", "--include-tag", "pathways", "--include-tag", "learners", "--include-tag", "institutions", "--include-tag", "outcomes"], 8),
    ("learner", ["--include-tag", "me", "--include-tag", "decisions"], 10),
    ("leaver", ["--include-operation-id", "log_out"], 5),
]


def main(program, schemathesis, url=None):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        environment = dict(os.environ, CREDIT_BANK_DATA_DIR=str(scratch / "data"), CREDIT_BANK_LISTEN="127.0.0.1:0",
                           CREDIT_BANK_ACCESS_TOKEN_SECONDS="86400", CREDIT_BANK_PASSWORD_MEMORY_KIB="64", CREDIT_BANK_PASSWORD_ITERATIONS="1",
                           CREDIT_BANK_ATTEMPTS_PER_ACCOUNT="1000000", CREDIT_BANK_ATTEMPTS_PER_ADDRESS="1000000", CREDIT_BANK_LOG="error")
        if url:
            environment["CREDIT_BANK_DATABASE_URL"] = url
        server = subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            base = server.stdout.readline().split()[-1]
            tokens, ids = town(base, server.stdout.readline().strip().split("?token=")[1])
            auth = scratch / "auth.json"
            header = lambda token: [{"name": "Authorization", "value": f"Bearer {token}"}]
            auth.write_text(json.dumps({"auth": [{"name": name, "fixedHeaders": header(token)} for name, token in tokens.items()]}))
            failed = []
            for name, selection, examples in RUNS:
                peers = 'peers = ["school-a", "school-b"]' if name == "school-a" else ""
                config = scratch / f"{name}.toml"
                config.write_text(CONFIG.format(seed=SEED, auth=auth, user=name, peers=peers, examples=examples, institution_id=ids["school-a"]))
                command = [schemathesis, "--config-file", str(config), "run", f"{base}/api/v1/openapi.json", "--checks", "all", *selection]
                print("==", name, " ".join(selection), flush=True)
                if subprocess.run(command, cwd=scratch).returncode != 0:
                    failed.append(name)
            if failed:
                sys.exit(f"schemathesis found something as: {', '.join(failed)}")
        finally:
            server.terminate()
            server.wait()


main(*sys.argv[1:])
