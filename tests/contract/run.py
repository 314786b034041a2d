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

from leaky import serving

# Not the one of the examples: the operation that changes it must not find it.
PASSWORD = "copper-harbour-quilt-58"
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
        # A draft, which only its own school may read.
        call(base, "POST", "/api/v1/achievements", tokens[name], dict(achievement, code="occ-elec-5"))
    rule = {"title": "电工四级", "citation": "测试", "selector": {"family": "occ-elec", "rank": 2},
            "method": {"method": "fixed", "credit": "9.00"}, "selected_by": "award_date", "effective_from": "2020-01-01"}
    call(base, "POST", "/api/v1/recognition-rules", tokens["administrator"], rule)
    # A learner at each school, each with an outcome and its decision.
    for name, at, kind, number, called in (("learner", "school-a", "resident_identity_card", "11010519491231002X", "王芳"),
                                           ("learner-b", "school-b", "passport", "P000000001", "John Smith")):
        learner = {"document_kind": kind, "document_number": number, "name": called}
        call(base, "POST", "/api/v1/learners", tokens[at], {"institution_id": ids[at], "learner": learner, "user": user(name)})
        outcome = {"institution_id": ids[at], "achievement_code": "occ-elec-4", "awarded_on": "2024-03-01", "learner": learner}
        deposited = call(base, "POST", "/api/v1/outcomes", tokens[at], outcome)
        tokens[name] = log_in(base, name)
        request = {"outcome_id": deposited["outcome_id"], "kind": "wrong", "reason": "测试", "fields": [{"part": "score", "should_be": "96"}]}
        call(base, "POST", "/api/v1/me/correction-requests", tokens[name], request)
        call(base, "POST", "/api/v1/me/statements", tokens[name], {"kind": "record"})
        webhook = {"url": "https://hooks.example.com/", "description": name}
        call(base, "POST", f"/api/v1/institutions/{ids[at]}/webhooks", tokens[at], webhook)
    # Two accounts of which somebody says that they are one person's.
    twins = []
    for number in ("P000000002", "P000000003"):
        twin = {"document_kind": "passport", "document_number": number, "name": "李娜"}
        twins.append(call(base, "POST", "/api/v1/learners", tokens["school-a"], {"institution_id": ids["school-a"], "learner": twin}))
    parties = {role: {"learner_id": twin["learner_id"]} for role, twin in zip(("surviving", "absorbed"), twins)}
    call(base, "POST", "/api/v1/merges", tokens["officer"], dict(parties, reason="同一人", citation="户籍证明"))
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

# A code, a token or a proof that is well-formed and nobody's is answered as OAuth 2.0 wants it.
[[operations]]
include-operation-id = "issue_wallet_token"
checks.positive_data_acceptance.expected-statuses = ["2xx", "400", "401", "429"]

# A validation names what must be mended inside a 200, lists that are too long among it.
[[operations]]
include-operation-id = "validate_rule_pack"
checks.negative_data_rejection.expected-statuses = ["200", "400", "401", "403", "404", "405", "413", "415", "422"]
"""

# Whose objects are whose alone: what the first may read is tried as the second.
PEERS = {"school-a": "school-b", "learner": "learner-b"}

# Who is tried on what, with how many examples, and which objects the peer must have tried to read: a description in
# which nobody sees what a list is of tries none. A school is tried on everything that does not end its log-in, the
# others on what is theirs.
RUNS = [
    # First and by themselves, so that the draft is still one, and is among what is read.
    ("school-a", ["--include-operation-id", "list_achievements", "--include-operation-id", "read_achievement"], 30, ["achievements"]),
    ("school-a", ["--exclude-operation-id", "log_out"], 5, ["outcomes"]),
    ("administrator", ["--include-tag", "rules", "--include-tag", "rule-packs", "--include-tag", "programmes", "--include-tag", "agreements", "--include-tag", "pathways", "--include-tag", "people", "--include-tag", "audit", "--include-tag", "institutions"], 3, []),
    ("officer", ["--include-tag", "rule-packs", "--include-tag", "pathways", "--include-tag", "learners", "--include-tag", "institutions", "--include-tag", "outcomes", "--include-tag", "claims", "--include-tag", "corrections", "--include-tag", "merges", "--include-tag", "imports", "--include-tag", "events", "--include-tag", "credentials"], 3, []),
    # By themselves, so that the many other operations do not take the tries away from what is read here.
    ("learner", ["--include-operation-id", "list_own_outcomes", "--include-operation-id", "read_outcome", "--include-tag", "decisions"], 30, ["outcomes", "decisions"]),
    ("learner", ["--include-operation-id", "list_own_correction_requests", "--include-operation-id", "read_correction_request"], 30, ["correction-requests"]),
    ("learner", ["--include-tag", "me", "--include-tag", "evidence", "--include-tag", "claims", "--include-tag", "notices", "--include-tag", "statements", "--include-tag", "credentials", "--include-tag", "exports", "--include-tag", "archives", "--include-tag", "portfolio", "--include-tag", "shares"], 5, []),
    # One operation has nothing to be linked with.
    ("leaver", ["--include-operation-id", "log_out", "--phases", "examples,coverage,fuzzing"], 5, []),
]


def was_tried(requests, prefix, token):
    return any(request["url"].startswith(prefix) and {"name": "Authorization", "value": f"Bearer {token}"} in request["headers"]
               for request in requests)


def header(token):
    return [{"name": "Authorization", "value": f"Bearer {token}"}]


# The coverage phase tries what the description says of bodies and parameters, and takes by far the longest. It is tried as a learner on
# SQLite; as everybody and on both with CREDIT_BANK_TEST_CONTRACT=whole.
WHOLE = os.environ.get("CREDIT_BANK_TEST_CONTRACT") == "whole"
PHASES = "examples,fuzzing,stateful"


def phases_of(name, url):
    return f"coverage,{PHASES}" if WHOLE or (name == "learner" and not url) else PHASES


def run(schemathesis, scratch, description, tokens, ids, name, selection, examples, phases):
    """Runs all checks as one person; answers whether nothing was found, what was said, and every request that was sent."""
    auth = scratch / "auth.json"
    auth.write_text(json.dumps({"auth": [{"name": name, "fixedHeaders": header(token)} for name, token in tokens.items()]}))
    peers = f'peers = ["{name}", "{PEERS[name]}"]' if name in PEERS else ""
    config = scratch / f"{name}.toml"
    config.write_text(CONFIG.format(seed=SEED, auth=auth, user=name, peers=peers, examples=examples, institution_id=ids["school-a"]))
    har = scratch / f"{name}.har"
    command = [schemathesis, "--config-file", str(config), "run", description, "--checks", "all", "--phases", phases,
               "--report", "har", "--report-har-path", str(har), "--output-sanitize", "false", *selection]
    ended = subprocess.run(command, cwd=scratch, stdout=subprocess.PIPE, text=True)
    return ended.returncode == 0, ended.stdout, [entry["request"] for entry in json.loads(har.read_text())["log"]["entries"]]


def probe_the_probe(schemathesis):
    """The same run against a service with a hole finds it, and without the hole finds nothing: so the check really runs."""
    names = ["school-a", "school-b"]
    for leaks in (True, False):
        with tempfile.TemporaryDirectory() as scratch, serving(names, leaks) as base:
            ids = {name: name for name in names}
            clean, said, _ = run(schemathesis, Path(scratch), f"{base}/openapi.json", dict(zip(names, names)), ids, "school-a", [], 12, PHASES)
            found = "Object-level authorization bypass" in said
            if (found, clean) != (leaks, not leaks):
                print(said)
                sys.exit(f"against a service that {'leaks' if leaks else 'is sound'}, the object-level check {'found a hole' if found else 'found nothing'}")
    print("== the object-level check finds a hole where there is one, and none where there is none", flush=True)


def main(program, schemathesis, url=None):
    probe_the_probe(schemathesis)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        environment = dict(os.environ, CREDIT_BANK_DATA_DIR=str(scratch / "data"), CREDIT_BANK_LISTEN="127.0.0.1:0",
                           CREDIT_BANK_ACCESS_TOKEN_SECONDS="86400", CREDIT_BANK_PASSWORD_MEMORY_KIB="64", CREDIT_BANK_PASSWORD_ITERATIONS="1",
                           CREDIT_BANK_ATTEMPTS_PER_ACCOUNT="1000000", CREDIT_BANK_ATTEMPTS_PER_ADDRESS="1000000",
                           CREDIT_BANK_QUESTIONS_PER_ADDRESS="1000000",
                           CREDIT_BANK_ARCHIVES_PER_HOUR="1000000", CREDIT_BANK_LOG="error")
        if url:
            environment["CREDIT_BANK_DATABASE_URL"] = url
        server = subprocess.Popen([program], env=environment, stdout=subprocess.PIPE, text=True)
        try:
            base = server.stdout.readline().split()[-1]
            tokens, ids = town(base, server.stdout.readline().strip().split("?token=")[1])
            failed = []
            for name, selection, examples, objects in RUNS:
                print("==", name, " ".join(selection), flush=True)
                clean, said, requests = run(schemathesis, scratch, f"{base}/api/v1/openapi.json", tokens, ids, name, selection, examples, phases_of(name, url))
                print(said, flush=True)
                if not clean:
                    failed.append(name)
                for kind in objects:
                    if not was_tried(requests, f"{base}/api/v1/{kind}/", tokens[PEERS[name]]):
                        failed.append(f"{name} ({PEERS[name]} did not even try to read its {kind})")
            if failed:
                sys.exit(f"schemathesis found something as: {', '.join(failed)}")
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
