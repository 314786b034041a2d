"""As verify.mjs, with openbadgeslib: reads cases from standard input, and writes one line of JSON a case."""

import base64
import json
import sys

from openbadgeslib.ob3 import (OB3LdpVerifier, OB3Verifier, bundled_clr_contexts, resolve_verification_method,
                               verify_data_integrity_proof)

given = json.load(sys.stdin)


def download(address, *_, **__):
    """What the bank published; nothing is asked of the network. Lists of statuses are taken as the JWTs that this library wants."""
    forms = given["documents"].get(address)
    if forms is None:
        raise OSError(f"{address} is not published")
    if "jwt" in forms:
        return forms["jwt"].encode()
    return json.dumps(forms["json"]).encode()


def of_badge(credential):
    did = issuer(credential)
    OB3LdpVerifier.for_issuer_did(did, download=download).verify(credential, check_status=True, download=download)


def of_record(credential):
    method = credential["proof"]["verificationMethod"]
    if method.split("#")[0] != issuer(credential):
        raise ValueError("the key is another's")
    extra = dict(bundled_clr_contexts())
    verify_data_integrity_proof(credential, resolve_verification_method(method, download=download), extra_contexts=extra)
    for held in credential["credentialSubject"]["verifiableCredential"]:
        of_badge(held)


def of_token(token):
    payload = token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    verifier = OB3Verifier.for_issuer_did(issuer(claims), download=download)
    verifier.verify(token, check_status=True, download=download)


def issuer(credential):
    named = credential.get("issuer") or credential.get("iss")
    return named["id"] if isinstance(named, dict) else named


for case in given["cases"]:
    how = {("ldp", "badge"): of_badge, ("ldp", "record"): of_record, ("jwt", "badge"): of_token}.get((case["form"], case["what"]))
    if how is None:
        continue
    why = ""
    try:
        how(case["credential"])
    except Exception as error:  # whatever it is, it is a refusal
        why = f"{type(error).__name__}: {error}"
    print(json.dumps({"verifier": "openbadgeslib", "case": case["name"], "accepted": why == "", "why": why}))
